// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

import dev.ringfork.bindings.Address;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where a datagram comes from or goes to, in the kernel's form: nothing is made for each datagram.
 *
 * <p>One that a session is given is valid during the call, then it is another datagram's; {@link
 * #copy} keeps it. Confined to one thread while it changes.
 */
public final class Peer {
    private final MemorySegment memory;
    private int length;

    /**
     * A peer in the given memory, yet unnamed.
     *
     * @param memory native, of at least {@link Address#BYTES_MAX} bytes, which outlives it
     */
    public Peer(MemorySegment memory) {
        this.memory = memory;
    }

    /** The peer with an address. */
    public static Peer of(Address address) {
        Peer peer = new Peer(Arena.ofAuto().allocate(Address.BYTES_MAX, Long.BYTES));
        peer.length(address.encode(peer.memory));
        return peer;
    }

    /** The memory that holds the address, a sockaddr. */
    public MemorySegment memory() {
        return memory;
    }

    /** How many bytes of it are the address; 0 if there is none. */
    public int length() {
        return length;
    }

    /** Says how many bytes of the memory are the address now. */
    public void length(int length) {
        this.length = length;
    }

    /** The address; made for each call. */
    public Address address() {
        return Address.decode(memory, length);
    }

    /** The same, for as long as it is wanted. */
    public Peer copy() {
        Peer copy = new Peer(Arena.ofAuto().allocate(Address.BYTES_MAX, Long.BYTES));
        MemorySegment.copy(memory, 0, copy.memory, 0, length);
        copy.length = length;
        return copy;
    }

    /** Whether both have the same address. */
    public boolean sameAs(Peer other) {
        return length == other.length
                && MemorySegment.mismatch(memory, 0, length, other.memory, 0, length) < 0;
    }

    /** As {@link #address} prints. */
    @Override
    public String toString() {
        return address().toString();
    }
}
