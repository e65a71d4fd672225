// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import dev.ringfork.bindings.jvm.Machine;
import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Random numbers of a child. The generators of its parent came along with their states, and would
 * go on as those of its siblings do: each gets bytes of the kernel's.
 *
 * <p>Those of {@link SecureRandom}, whoever implements and whoever holds them, by way of their
 * seeds; {@link java.util.concurrent.ThreadLocalRandom}, {@link Math#random} and what new ones are
 * seeded from. Not an application's own {@link Random} and {@link java.util.SplittableRandom}: it
 * may be meant to repeat itself.
 */
final class Randomness {
    private static final int SEED_BYTES = 48;
    private static final String OF_THREAD = "threadLocalRandomSeed";

    /** What generators of this kind are made of; one of them seeds the others. */
    private static final String DRBG = "sun.security.provider.AbstractDrbg";

    private static final String ATOMIC = "java.util.concurrent.atomic.AtomicLong";

    /** What new generators are seeded from. */
    private static final List<Private> COUNTERS =
            List.of(
                    new Private("java.util.concurrent.ThreadLocalRandom", "seeder", ATOMIC),
                    new Private("java.util.SplittableRandom", "defaultGen", ATOMIC),
                    new Private("java.util.Random", "seedUniquifier", ATOMIC));

    /** Behind Math.random. */
    private static final Private MATH =
            new Private(
                    "java.lang.Math$RandomNumberGeneratorHolder",
                    "randomNumberGenerator",
                    "java.util.Random");

    private final Allocations before;
    private final List<Object> generators;
    private final List<Object> extensions;
    private final List<Object> threads;

    private Randomness() {
        // First: what comes to be while these are looked for may be missed.
        before = Allocations.now();
        generators = secure();
        // One that extends it may have no implementation apart from itself.
        extensions =
                Machine.extended(SecureRandom.class)
                        ? List.of(Machine.instances(SecureRandom.class))
                        : List.of();
        threads = List.of(Machine.instances(Thread.class));
    }

    /**
     * Finds all of them. Some ten milliseconds for a million objects.
     *
     * @throws IllegalStateException if this JDK keeps some elsewhere
     */
    static Randomness find() {
        return new Randomness();
    }

    /** Whether these are all still, but for what the calling thread may have made. */
    boolean complete() {
        return before.last();
    }

    /**
     * Renews all of them. To do it in a process that is no copy is harmless.
     *
     * @throws IOException if the kernel gives no random bytes
     * @throws IllegalStateException if this JDK keeps some elsewhere
     */
    void renew() throws IOException {
        try (DataInputStream kernel = kernel()) {
            for (Object generator : generators) {
                Machine.seed(generator, seed(kernel));
            }
            for (Object generator : extensions) {
                ((SecureRandom) generator).setSeed(seed(kernel));
            }
            for (Private counter : COUNTERS) {
                ((AtomicLong) counter.get()).set(kernel.readLong());
            }
            ((Random) MATH.get()).setSeed(kernel.readLong());
            for (Object thread : threads) {
                Machine.setLong(thread, Thread.class, OF_THREAD, kernel.readLong());
            }
        }
    }

    /** Those that implement SecureRandom, and those that these are seeded from. */
    private static List<Object> secure() {
        List<Object> all = new ArrayList<>(List.of(Machine.instances(SecureRandomSpi.class)));
        Class<?> drbg = Private.type(DRBG);
        if (Machine.extended(drbg)) {
            all.addAll(List.of(Machine.instances(drbg)));
        }
        return all;
    }

    private static DataInputStream kernel() throws IOException {
        return new DataInputStream(new FileInputStream("/dev/urandom"));
    }

    private static byte[] seed(DataInputStream kernel) throws IOException {
        byte[] seed = new byte[SEED_BYTES];
        kernel.readFully(seed);
        return seed;
    }
}
