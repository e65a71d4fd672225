// SPDX-License-Identifier: Apache-2.0
/** How workers come to be: what they are handed, and how they are started. */
package dev.ringfork.prefork.spawn;
