// SPDX-License-Identifier: Apache-2.0
/** A Unix socket by which operators ask a running master, and what it answers. */
package dev.ringfork.prefork.control;
