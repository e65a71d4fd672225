// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;

/**
 * A socket that a supervisor has bound and handed over. Immutable; whoever read it owns the
 * descriptor.
 *
 * @param name what the supervisor calls it; several may share one
 * @param fd the descriptor, close-on-exec
 * @param address what the kernel says that it is bound to
 * @param datagrams whether it is a datagram socket; else it listens for connections
 */
public record ActivatedListener(String name, int fd, Address address, boolean datagrams) {}
