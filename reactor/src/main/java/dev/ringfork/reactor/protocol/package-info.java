// SPDX-License-Identifier: Apache-2.0
/**
 * What the author of a server writes: a {@link dev.ringfork.reactor.protocol.Protocol} opens a
 * {@link dev.ringfork.reactor.protocol.Session} for each {@link
 * dev.ringfork.reactor.protocol.Connection}.
 *
 * <p>A session is given bytes and writes bytes. It does no I/O itself, so the same protocol runs
 * under every architecture and on every engine.
 */
package dev.ringfork.reactor.protocol;
