// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;
import java.util.zip.Deflater;

/**
 * Half-sync/half-async: says how small a line can be packed. One loop reads and writes; a client
 * belongs to one thread, and each thread keeps a compressor of its own, which is costly to make.
 *
 * <p>Try {@code echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | nc -N 127.0.0.1 7000}.
 */
public final class HalfSyncHalfAsyncPacker {
    private static final ThreadLocal<Deflater> DEFLATER =
            ThreadLocal.withInitial(() -> new Deflater(Deflater.BEST_COMPRESSION));

    private HalfSyncHalfAsyncPacker() {}

    /** Starts it. */
    public static Server start(Address address) {
        return Server.builder(Lines.answer(HalfSyncHalfAsyncPacker::pack))
                .listen(address)
                .architecture(Architecture.HALF_SYNC_HALF_ASYNC)
                .maxThreads(8)
                .start();
    }

    private static String pack(String line) {
        byte[] bytes = line.getBytes(UTF_8);
        Deflater deflater = DEFLATER.get();
        deflater.reset();
        deflater.setInput(bytes);
        deflater.finish();
        int packed = 0;
        for (byte[] out = new byte[1024]; !deflater.finished(); ) {
            packed += deflater.deflate(out);
        }
        return bytes.length + " bytes, packed " + packed;
    }
}
