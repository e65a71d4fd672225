// SPDX-License-Identifier: Apache-2.0
/** Signals to a process, as bytes that its loop reads. */
package dev.ringfork.prefork.signals;
