// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

import dev.ringfork.bindings.Address;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection that hands every call on to another, for protocols that wrap a protocol: what they
 * change they override.
 *
 * <p>Confined to the same thread as the other connection, {@link #execute} aside.
 */
public abstract class ForwardingConnection implements Connection {
    private final Connection outer;

    /**
     * Makes one.
     *
     * @param outer takes the calls; stays its session's
     */
    protected ForwardingConnection(Connection outer) {
        this.outer = outer;
    }

    @Override
    public boolean write(MemorySegment source, long offset, long length) {
        return outer.write(source, offset, length);
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
    public void pause() {
        outer.pause();
    }

    @Override
    public void resume() {
        outer.resume();
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
    public Address remoteAddress() {
        return outer.remoteAddress();
    }

    @Override
    public Address localAddress() {
        return outer.localAddress();
    }

    @Override
    public int fd() {
        return outer.fd();
    }
}
