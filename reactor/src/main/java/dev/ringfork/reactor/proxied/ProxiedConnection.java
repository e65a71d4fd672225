// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proxied;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A connection with the addresses that its header names. */
final class ProxiedConnection implements Connection {
    private final Connection outer;
    private final ProxyHeader header;
    private boolean paused;

    ProxiedConnection(Connection outer, ProxyHeader header) {
        this.outer = outer;
        this.header = header;
    }

    /** Whether the session that was just opened wants to be shown what came with the header. */
    boolean reading() {
        return !paused && !outer.closing() && !outer.congested();
    }

    @Override
    public Address remoteAddress() {
        Address source = header.source();
        return source == null ? outer.remoteAddress() : source;
    }

    @Override
    public Address localAddress() {
        Address destination = header.destination();
        return destination == null ? outer.localAddress() : destination;
    }

    @Override
    public void pause() {
        paused = true;
        outer.pause();
    }

    @Override
    public void resume() {
        paused = false;
        outer.resume();
    }

    @Override
    public boolean write(MemorySegment source, long offset, long length) {
        return outer.write(source, offset, length);
    }

    @Override
    public boolean write(byte[] source) {
        return outer.write(source);
    }

    @Override
    public boolean write(ByteBuffer source) {
        return outer.write(source);
    }

    @Override
    public boolean write(Buffer source) {
        return outer.write(source);
    }

    @Override
    public @Nullable Buffer output(int room) {
        return outer.output(room);
    }

    @Override
    public boolean writeFile(int fd, long offset, long length) {
        return outer.writeFile(fd, offset, length);
    }

    @Override
    public long queuedBytes() {
        return outer.queuedBytes();
    }

    @Override
    public boolean congested() {
        return outer.congested();
    }

    @Override
    public int bufferBytes() {
        return outer.bufferBytes();
    }

    @Override
    public void expireAfter(long delayNs) {
        outer.expireAfter(delayNs);
    }

    @Override
    public void shutdownOutput() {
        outer.shutdownOutput();
    }

    @Override
    public void close() {
        outer.close();
    }

    @Override
    public void finish() {
        outer.finish();
    }

    @Override
    public void abort() {
        outer.abort();
    }

    @Override
    public boolean closing() {
        return outer.closing();
    }

    /** What is opened sends no header. */
    @Override
    public boolean connect(Address address, Duration timeout, Protocol protocol) {
        return outer.connect(address, timeout, protocol);
    }

    @Override
    public boolean execute(Runnable task) {
        return outer.execute(task);
    }

    @Override
    public long nowNs() {
        return outer.nowNs();
    }

    @Override
    public int fd() {
        return outer.fd();
    }
}
