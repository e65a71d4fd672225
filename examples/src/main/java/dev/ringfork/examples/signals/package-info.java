// SPDX-License-Identifier: Apache-2.0
/** Signals as records, for the examples that are told of events by signal. */
package dev.ringfork.examples.signals;
