// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * The descriptors that a worker is handed, by name. It gets these and the standard ones, and no
 * other. Immutable; the descriptors stay the master's.
 *
 * @param listeners listening sockets by name, in an order that stays
 * @param channel the worker's end of the {@link Channel}
 * @param lifeline the reading end of a pipe that ends when the master does
 * @param scoreboard the shared memory of the scoreboard
 * @param acceptMutex the file of the lock by which workers accept in turns, or -1
 * @param passing the worker's end of the socket by which the master passes connections on, or -1
 * @param record which record of the scoreboard is the worker's
 */
public record Manifest(
        SequencedMap<String, Integer> listeners,
        int channel,
        int lifeline,
        int scoreboard,
        int acceptMutex,
        int passing,
        int record) {

    /** Listeners are numbered from here in the worker, as those of sd_listen_fds(3) are. */
    public static final int FIRST_FD = 3;

    /** Keeps a copy of the listeners. */
    public Manifest {
        listeners = new LinkedHashMap<>(listeners);
    }

    /** The descriptors here, in the order of their numbers in the worker. */
    public List<Integer> descriptors() {
        List<Integer> all = new ArrayList<>(listeners.values());
        all.add(channel);
        all.add(lifeline);
        all.add(scoreboard);
        if (acceptMutex >= 0) {
            all.add(acceptMutex);
        }
        if (passing >= 0) {
            all.add(passing);
        }
        return all;
    }

    /** The same with the numbers that the descriptors have in the worker. */
    public Manifest there() {
        return with(IntStream.iterate(FIRST_FD, fd -> fd + 1).iterator());
    }

    /** With other numbers, in the order of {@link #descriptors}. */
    Manifest with(Iterator<Integer> numbers) {
        SequencedMap<String, Integer> others = new LinkedHashMap<>();
        listeners.keySet().forEach(name -> others.put(name, numbers.next()));
        return new Manifest(
                others,
                numbers.next(),
                numbers.next(),
                numbers.next(),
                acceptMutex < 0 ? -1 : numbers.next(),
                passing < 0 ? -1 : numbers.next(),
                record);
    }
}
