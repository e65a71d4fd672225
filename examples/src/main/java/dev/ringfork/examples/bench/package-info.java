// SPDX-License-Identifier: Apache-2.0
/** What measures servers from outside, as their clients see them. */
package dev.ringfork.examples.bench;
