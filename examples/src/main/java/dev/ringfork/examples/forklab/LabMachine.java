// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.process.Obstacle;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The virtual machine that is forked: a program of its own, started by {@link Forklab} once for
 * each collector. It ends when its standard input does, and so do its children.
 */
public final class LabMachine {
    private static final int EXIT_ORPHAN = 9;

    /** What it is started for. */
    enum Mode {
        MATRIX,
        ROOM,
        ORPHANS
    }

    private LabMachine() {}

    /** Runs with the mode, a folder, a jar of {@link Unseen}, and a plan in words. */
    public static void main(String[] arguments) throws Exception {
        Mode mode = Mode.valueOf(arguments[0]);
        Path folder = Path.of(arguments[1]);
        Path jar = Path.of(arguments[2]);
        Plan plan = Plan.heard(Arrays.asList(arguments).subList(3, arguments.length));
        Calls calls = new Calls(Syscalls.get());
        Wire wire = new Wire(System.out);
        Thread.ofPlatform().daemon().name("standard input").start(LabMachine::awaitEnd);
        // It is the parent's: a child that tells of it has not forgotten it.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> {
                            try {
                                Journal.of(folder, calls.pid()).hook("parent");
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }));
        Lab lab = new Lab(calls, plan, folder, jar);
        List<Obstacle> obstacles = lab.warm.check();
        if (obstacles.isEmpty()) {
            Trials trials = new Trials(lab, wire);
            switch (mode) {
                case MATRIX -> trials.matrix(jar);
                case ROOM -> new Room(trials).run();
                case ORPHANS -> trials.orphans();
            }
        } else {
            obstacles.forEach(
                    each -> wire.tell(Wire.Word.OBSTACLE, Trial.UNFORKED, each.toString()));
        }
        wire.tell(Wire.Word.DONE, Trial.UNFORKED, "");
        System.exit(0);
    }

    private static void awaitEnd() {
        try {
            System.in.skipNBytes(Long.MAX_VALUE);
        } catch (EOFException e) {
            // That is it.
        } catch (IOException e) {
            System.err.println("standard input: " + e);
        }
        Runtime.getRuntime().halt(EXIT_ORPHAN);
    }
}
