// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.prefork.listeners.Binder;
import dev.ringfork.prefork.scoreboard.Scoreboard;
import dev.ringfork.prefork.spawn.Assignment;
import dev.ringfork.prefork.spawn.Spawner;
import dev.ringfork.reactor.server.ServerSettings;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers that wait for their turn, and what they are handed then. */
final class NurseryTest {
    private static final int MANY = 100;

    private final Syscalls syscalls = Syscalls.get();
    private final Queue queue = new Queue();
    private final List<String> told = new ArrayList<>();
    private final List<Nursery.Born> living = new ArrayList<>();
    private Binder binder;
    private Scoreboard scoreboard;
    private Nursery nursery;
    private boolean expecting = true;

    /** Starts nobody before it is told to. */
    private static final class Queue implements Spawner {
        private final ArrayDeque<Birth> births = new ArrayDeque<>();

        @Override
        public String name() {
            return "queue";
        }

        @Override
        public void place(Placement placement) {}

        @Override
        public void spawn(Birth birth) {
            births.add(birth);
        }
    }

    @BeforeEach
    void open() {
        binder = new Binder(syscalls, ServerSettings.DEFAULT);
        binder.arrange(AcceptStrategy.SHARED, MANY);
        binder.bind(Address.parse("127.0.0.1:0"), false);
        scoreboard = Scoreboard.create(syscalls);
        nursery = new Nursery(syscalls, queue, binder, scoreboard);
    }

    @AfterEach
    void close() {
        nursery.close();
        scoreboard.close();
        binder.close();
    }

    private void spawn(int slot) {
        spawn(nursery, slot);
    }

    private void spawn(Nursery from, int slot) {
        from.spawn(
                new Action.Spawn(slot + 1, slot, 1),
                new Nursery.Parent() {
                    @Override
                    public boolean expects() {
                        return expecting;
                    }

                    @Override
                    public void born(Nursery.Born born) {
                        living.add(born);
                    }

                    @Override
                    public void failed(RuntimeException reason) {
                        told.add(slot + ": " + reason.getMessage());
                    }
                });
    }

    /** How many sockets this process has open. */
    private static int sockets() throws IOException {
        assumeTrue(Platform.current().linux(), "there is no /proc");
        int count = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path fd : all) {
                count += isSocket(fd) ? 1 : 0;
            }
        }
        return count;
    }

    private static boolean isSocket(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString().startsWith("socket:");
        } catch (IOException e) {
            // That of the folder itself, or another thread's that was closed meanwhile.
            return false;
        }
    }

    @Test
    void shouldOpenNothingForThoseThatWait() throws Exception {
        int before = sockets();
        for (int slot = 0; slot < MANY; slot++) {
            spawn(slot);
        }
        assertEquals(before, sockets());

        Spawner.Birth first = queue.births.remove();
        Assignment assignment = Objects.requireNonNull(first.assignment());
        assertEquals(before + 2, sockets(), "both ends of its channel");
        first.born(1);
        assertEquals(before + 1, sockets(), "the master's end");
        assertEquals(0, assignment.slot());
        assertEquals(assignment.manifest().record(), living.getFirst().record());
        living.getFirst().channel().close();
    }

    @Test
    void shouldStartNobodyWhoIsNotExpectedAnyMore() throws Exception {
        int before = sockets();
        spawn(0);
        expecting = false;
        assertNull(queue.births.remove().assignment());
        assertEquals(List.of("0: it was told to end before"), told);
        assertEquals(before, sockets());
    }

    @Test
    void shouldKeepNothingOfAWorkerThatIsNotStarted() throws Exception {
        int before = sockets();
        List<Integer> records = new ArrayList<>();
        for (int slot = 0; slot < 2; slot++) {
            spawn(slot);
            Spawner.Birth birth = queue.births.remove();
            records.add(Objects.requireNonNull(birth.assignment()).manifest().record());
            birth.failed(new IllegalStateException("no"));
        }
        assertEquals(List.of("0: no", "1: no"), told);
        assertEquals(before, sockets());
        assertEquals(records.getFirst(), records.getLast(), "the record is free again");
    }

    @Test
    void shouldCloseWhatIsOnItsWayWhenItIsClosed() throws Exception {
        int before = sockets();
        try (Nursery other = new Nursery(syscalls, queue, binder, scoreboard)) {
            spawn(other, 0);
            queue.births.element().assignment();
            assertEquals(before + 2, sockets());
        }
        assertEquals(before, sockets());
    }
}
