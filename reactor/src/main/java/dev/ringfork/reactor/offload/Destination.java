// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Protocol;

/** Where a connection goes that a session opens, and what is spoken there. */
record Destination(Address address, long timeoutNs, Protocol protocol) {}
