// SPDX-License-Identifier: Apache-2.0
/** How worker processes share the work of accepting: a lock that survives its owner. */
package dev.ringfork.prefork.accept;
