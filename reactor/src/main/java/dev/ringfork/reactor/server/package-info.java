// SPDX-License-Identifier: Apache-2.0
/** One class an architecture, all behind {@link dev.ringfork.reactor.server.Server}. */
package dev.ringfork.reactor.server;
