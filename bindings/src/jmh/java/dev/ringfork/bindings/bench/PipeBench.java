// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import org.openjdk.jmh.annotations.Benchmark;

/** Bytes through a pipe. */
public class PipeBench extends StreamBench {
    @Override
    protected int[] open() {
        return pipe();
    }

    /** writev(2), then readv(2), of four pieces. */
    @Benchmark
    public void writevReadv() {
        all(DESCRIPTORS.writev(writeEnd, iovec, PIECES), bytes);
        all(DESCRIPTORS.readv(readEnd, iovec, PIECES), bytes);
    }
}
