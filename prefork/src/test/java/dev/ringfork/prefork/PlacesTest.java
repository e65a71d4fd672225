// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptStrategy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many connections workers have together, with real processes. */
final class PlacesTest {
    private static final int MOST = 10;

    private final List<PreforkProcess.Client> clients = new ArrayList<>();

    @BeforeEach
    void assumeSignals() {
        String absence = Syscalls.get().absence("rf_signal_watch");
        assumeTrue(absence == null, absence);
    }

    @AfterEach
    void closeClients() throws IOException {
        for (PreforkProcess.Client client : clients) {
            client.close();
        }
    }

    private static PreforkProcess start(AcceptStrategy strategy, String... settings)
            throws Exception {
        assumeTrue(
                strategy != AcceptStrategy.REUSEPORT || Platform.current().linux(),
                "one listener a worker is Linux's");
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("accept=" + strategy);
        all.add("workers=2");
        return PreforkProcess.start(all.toArray(new String[0])).started();
    }

    /** Who serves another connection, which stays open; null if nobody does. */
    private @Nullable Long connect(PreforkProcess prefork) throws IOException {
        PreforkProcess.Client client = prefork.connect();
        try {
            client.send("pid");
            String pid = client.readLine();
            if (pid != null) {
                clients.add(client);
                return Long.valueOf(pid);
            }
        } catch (IOException _) {
            // Closed before it was read from: that is a reset.
        }
        client.close();
        return null;
    }

    private long connectNow(PreforkProcess prefork) throws IOException {
        Long pid = connect(prefork);
        assertNotNull(pid, "there is a place");
        return pid;
    }

    /** The same when there is a place: who has gone holds it until that was noticed. */
    private long connectSoon(PreforkProcess prefork) throws IOException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PreforkProcess.DEADLINE_S);
        while (true) {
            Long pid = connect(prefork);
            if (pid != null) {
                return pid;
            }
            assertTrue(System.nanoTime() < endNs, "no place becomes free");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveOneLimitForAllWorkers(AcceptStrategy strategy) throws Exception {
        try (PreforkProcess prefork = start(strategy, "connections=" + MOST)) {
            prefork.ready(2);
            for (int i = 0; i < MOST; i++) {
                connectNow(prefork);
            }
            assertNull(connect(prefork));

            clients.removeFirst().close();
            connectSoon(prefork);
            assertNull(connect(prefork));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFreeThePlacesOfAKilledWorker(AcceptStrategy strategy) throws Exception {
        try (PreforkProcess prefork = start(strategy, "connections=" + MOST)) {
            prefork.ready(2);
            Map<Long, Integer> served = new HashMap<>();
            for (int i = 0; i < MOST; i++) {
                served.merge(connectNow(prefork), 1, Integer::sum);
            }
            assertNull(connect(prefork));
            Map.Entry<Long, Integer> victim = served.entrySet().iterator().next();

            PreforkProcess.signal("KILL", victim.getKey());

            prefork.next("exit");
            prefork.nextReady();
            for (int i = 0; i < victim.getValue(); i++) {
                connectSoon(prefork);
            }
            assertNull(connect(prefork));
        }
    }

    @Test
    void shouldLetIdleConnectionsGoAboveTheSoftLimitOfAllWorkers() throws Exception {
        try (PreforkProcess prefork = start(AcceptStrategy.PASS, "connections=8", "soft=4")) {
            prefork.ready(2);
            for (int i = 0; i < 8; i++) {
                connectSoon(prefork);
            }
            int gone = 0;
            // The longest idle of each worker, and the workers were dealt to in turns.
            for (PreforkProcess.Client client : clients.subList(0, 4)) {
                gone += client.readLine() == null ? 1 : 0;
            }
            assertEquals(4, gone);
        }
    }
}
