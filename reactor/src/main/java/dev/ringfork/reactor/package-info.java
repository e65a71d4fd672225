// SPDX-License-Identifier: Apache-2.0
/** The loop: registrations, timers, tasks from other threads. */
package dev.ringfork.reactor;
