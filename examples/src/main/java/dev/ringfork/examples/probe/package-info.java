// SPDX-License-Identifier: Apache-2.0
/**
 * What servers find here: kernel, limits, engines, and each feature of io_uring with the reason
 * where it does not work.
 */
package dev.ringfork.examples.probe;
