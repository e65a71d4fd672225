// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel.MapMode;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** A process that wants an accept mutex, handed over as descriptor {@value #FD}. */
final class Contender {
    static final int FD = 3;

    /** What it does with it. */
    enum Part {
        /** Gets it, says so, and gives it back when told. */
        HOLD,
        /** Gets it, says so, and from then on gives it back and gets it for ever. */
        CHURN,
        /** Adds to a shared number so many times, without an atomic instruction, and ends. */
        COUNT
    }

    private Contender() {}

    /** Arguments: kind, part, and to count: file, times. */
    public static void main(String[] arguments) throws IOException {
        AcceptMutexKind kind = AcceptMutexKind.valueOf(arguments[0]);
        AcceptMutex mutex = AcceptMutex.adopt(kind, FD);
        switch (Part.valueOf(arguments[1].toUpperCase(Locale.ROOT))) {
            case HOLD -> {
                acquire(mutex);
                say('h');
                if (System.in.read() >= 0) {
                    mutex.release();
                    say('r');
                    System.in.read();
                }
            }
            case CHURN -> {
                acquire(mutex);
                say('h');
                while (true) {
                    mutex.release();
                    acquire(mutex);
                }
            }
            case COUNT -> count(mutex, arguments[2], Integer.parseInt(arguments[3]));
        }
    }

    private static void say(char letter) {
        System.out.write(letter);
        System.out.flush();
    }

    static void acquire(AcceptMutex mutex) {
        while (!mutex.tryAcquire()) {
            LockSupport.parkNanos(1);
        }
    }

    /** Adds one so many times, each time with the mutex. */
    static void count(AcceptMutex mutex, String file, int times) throws IOException {
        try (RandomAccessFile shared = new RandomAccessFile(file, "rw")) {
            ByteBuffer number =
                    shared.getChannel()
                            .map(MapMode.READ_WRITE, 0, Long.BYTES)
                            .order(ByteOrder.nativeOrder());
            for (int i = 0; i < times; i++) {
                acquire(mutex);
                number.putLong(0, number.getLong(0) + 1);
                mutex.release();
            }
        }
    }
}
