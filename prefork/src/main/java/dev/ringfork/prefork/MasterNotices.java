// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.prefork.listeners.ServiceManager;
import dev.ringfork.prefork.master.Ending;
import dev.ringfork.prefork.master.MasterState;
import dev.ringfork.prefork.master.MasterView;
import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Timer;
import java.time.Duration;

/**
 * Tells the service manager how a master and its workers are doing. Confined to the thread of the
 * master's loop, on which the watchdog is fed too: a loop that has got stuck does not.
 */
final class MasterNotices {
    private final ServiceManager manager;
    private boolean serving;
    private boolean ready;
    private boolean reloading;
    private boolean stopping;
    private String said = "";

    MasterNotices(ServiceManager manager) {
        this.manager = manager;
    }

    /** Feeds the watchdog from now on, if there is one. */
    void watch(Reactor reactor) {
        Duration interval = manager.watchdogInterval();
        if (interval != null) {
            new Feeding(reactor, interval.toNanos() / 2).feed();
        }
    }

    /** What is done at half of the watchdog's interval. */
    private final class Feeding {
        private final Reactor reactor;
        private final long everyNs;
        private final Timer timer = new Timer(this::feed);

        Feeding(Reactor reactor, long everyNs) {
            this.reactor = reactor;
            this.everyNs = everyNs;
        }

        void feed() {
            manager.alive();
            reactor.schedule(timer, Clock.nowNs() + everyNs);
        }
    }

    /** The workers that it starts with serve; what follows tells so. */
    void serving() {
        serving = true;
    }

    /** The configuration is about to be looked at. */
    void reloads() {
        if (!stopping) {
            reloading = true;
            manager.reloading("reloading");
        }
    }

    /** It is bad, and all stays as it was. */
    void refused() {
        if (reloading) {
            reloading = false;
            manager.ready("not reloaded, the configuration is bad");
        }
    }

    /** Another master stands for the service, and this one has nothing more to say. */
    void succeeded(int pid) {
        stopping = true;
        manager.mainPid(pid);
    }

    /** Something may be different from what was said last. */
    void changed(MasterView master) {
        if (manager.wanted() && !stopping) {
            changed(master.state());
        }
    }

    private void changed(MasterState now) {
        String status =
                "%d of %d workers serve, generation %d"
                        .formatted(now.serving(), now.wanted(), now.generation());
        boolean first = !ready && serving;
        if (now.ending() != Ending.NONE) {
            stopping = true;
            manager.stopping("finishing, %s".formatted(status));
        } else if (first || (reloading && !now.reloading())) {
            ready = true;
            reloading = now.reloading();
            manager.ready(status);
        } else if (!status.equals(said)) {
            manager.status(status);
        }
        said = status;
    }
}
