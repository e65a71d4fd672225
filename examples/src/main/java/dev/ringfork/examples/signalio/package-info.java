// SPDX-License-Identifier: Apache-2.0
/** Signal-driven I/O: the kernel says by signal which descriptor is ready. */
package dev.ringfork.examples.signalio;
