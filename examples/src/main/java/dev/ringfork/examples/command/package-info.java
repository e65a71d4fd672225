// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code ringfork} command: flags, environment variables, sentences for what went wrong, and
 * the life of a server from start to drain.
 */
package dev.ringfork.examples.command;
