// SPDX-License-Identifier: Apache-2.0
/** Memory that a master and its workers have in common. */
package dev.ringfork.prefork.shared;
