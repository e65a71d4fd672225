// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SpawnActions;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.listeners.Activation;
import dev.ringfork.prefork.listeners.Binder;
import dev.ringfork.prefork.listeners.Inheritance;
import dev.ringfork.prefork.listeners.ListenerStore;
import dev.ringfork.prefork.spawn.Assignment;
import dev.ringfork.prefork.spawn.Channel;
import dev.ringfork.prefork.spawn.CommandLine;
import dev.ringfork.prefork.spawn.Manifest;
import dev.ringfork.prefork.spawn.Notice;
import dev.ringfork.prefork.spawn.Order;
import dev.ringfork.prefork.spawn.Spawner;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.demux.Interest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The master before this one, which has started it, and the one after it, which it starts: the same
 * command line again, that inherits the listeners. Between each two there is a {@link Channel}, by
 * which the younger says that it serves, and the older then that it leaves its place: one that no
 * longer waits says nothing. The end of a channel tells the younger that the older is gone.
 *
 * <p>Confined to the master's thread. Owns the channels; closing it ends nobody.
 */
public final class Succession implements AutoCloseable {
    /** {@code pid of the master before,channel}. */
    private static final String PREDECESSOR = "RINGFORK_PREDECESSOR";

    private static final int INIT = 1;

    private final Syscalls syscalls;
    private final Map<String, String> environment;
    private final int predecessorPid;
    private final Registration fromPredecessor = new Registration((_, _) -> hearPredecessor());
    private final Registration fromSuccessor = new Registration((_, _) -> hearSuccessor());
    private @Nullable Channel predecessor;
    private @Nullable Channel successor;
    private int successorPid;
    private @Nullable Setting setting;

    /** Where a succession takes place. */
    private record Setting(Reactor reactor, ExitWatch exits, Consumer<Input> inputs, Heir heir) {}

    /** Is told how far the master before this one is. */
    interface Heir {
        /** It has left its place to this one for good, and drains. */
        void takeOver();

        /** It has ended, and left its place before or never will. */
        void alone();
    }

    private Succession(
            Syscalls syscalls,
            Map<String, String> environment,
            int predecessorPid,
            @Nullable Channel predecessor) {
        this.syscalls = syscalls;
        this.environment = environment;
        this.predecessorPid = predecessorPid;
        this.predecessor = predecessor;
    }

    /**
     * Looks whether another master has started this process to take its place.
     *
     * @throws IllegalArgumentException if the variables make no sense
     */
    public static Succession of(Syscalls syscalls, Map<String, String> environment) {
        Map<String, String> own = Map.copyOf(environment);
        String text = environment.get(PREDECESSOR);
        if (text == null) {
            return new Succession(syscalls, own, 0, null);
        }
        if (!text.matches("\\d{1,9},\\d{1,9}")) {
            throw new IllegalArgumentException(
                    "%s=%s: that is set by a master only; unset it".formatted(PREDECESSOR, text));
        }
        int comma = text.indexOf(',');
        int channel = Integer.parseInt(text.substring(comma + 1));
        // A program that was started by one of its workers has the variables, not the descriptors.
        return Channel.isChannel(syscalls, channel)
                ? new Succession(
                        syscalls,
                        own,
                        Integer.parseInt(text.substring(0, comma)),
                        Channel.adopt(syscalls, channel))
                : new Succession(syscalls, own, 0, null);
    }

    /** Whether this process takes, or has taken, the place of another master. */
    public boolean succeeds() {
        return predecessorPid != 0;
    }

    /** The process of the master before this one, 0 if there was none. */
    public int predecessorPid() {
        return predecessorPid;
    }

    /** What that one has handed over: names of the binder, and descriptors. */
    public SequencedMap<String, Integer> heritage() {
        return succeeds() ? Inheritance.read(environment) : new LinkedHashMap<>();
    }

    /** What that one has stored, see {@link Binder#keepIn}; null if there was none. */
    public @Nullable String stored() {
        return succeeds() ? environment.getOrDefault(ListenerStore.VARIABLE, "") : null;
    }

    /** Begins to listen to the master before this one. */
    void attach(Reactor reactor, ExitWatch exits, Consumer<Input> inputs, Heir heir) {
        setting = new Setting(reactor, exits, inputs, heir);
        if (predecessor != null) {
            int result = reactor.add(fromPredecessor, predecessor.fd(), Interest.READ);
            Errno.check("add", result, "the channel to the master before this one");
        }
    }

    /** Why this process cannot start a master in its place, or null if it can. */
    @Nullable String obstacle() {
        if (syscalls.processes().getpid() == INIT) {
            return "this is process 1, whose end ends all others: replace the container in place of the master, or start the server by a process 1 that stays";
        }
        return predecessor == null
                ? null
                : "the master before this one (pid %d) has not finished: try again when it has"
                        .formatted(predecessorPid);
    }

    /** Tells the master before this one, if it is still there, that this one can take over. */
    void announce() {
        if (predecessor != null) {
            predecessor.send(Notice.READY);
        }
    }

    /** Tells the new master that this one leaves: only now that one cannot be backed out. */
    void handOver() {
        if (successor != null) {
            successor.send(Order.TAKE_OVER);
        }
    }

    /** Starts a new master that inherits all of a binder's, and says how that went. */
    void start(Binder binder) {
        Setting here = setting();
        try {
            int pid = spawn(here, binder);
            here.inputs.accept(new Input.MasterStarted(pid));
        } catch (RuntimeException e) {
            here.inputs.accept(new Input.MasterFailed(String.valueOf(e.getMessage())));
        }
    }

    private Setting setting() {
        if (setting == null) {
            throw new IllegalStateException("it is attached to no loop");
        }
        return setting;
    }

    private int spawn(Setting here, Binder binder) {
        CommandLine commandLine = CommandLine.current();
        Channel.Pair pair = Channel.open(syscalls);
        int pid;
        try (SpawnActions actions = new SpawnActions()) {
            // What a terminal sends to its group would end both at once.
            actions.processGroup(0);
            Map<String, String> variables = equip(actions, binder, pair.there());
            int result =
                    actions.start(
                            syscalls.processes(),
                            commandLine.program(),
                            commandLine.arguments(),
                            variables);
            pid = Errno.check("posix_spawn", result, commandLine.program());
        } catch (RuntimeException e) {
            pair.here().close();
            throw e;
        } finally {
            syscalls.descriptors().close(pair.there());
        }
        adopt(here, pid, pair.here());
        return pid;
    }

    /** Hands over what the new master needs, and says so in its environment. */
    private Map<String, String> equip(SpawnActions actions, Binder binder, int channel) {
        int next = Manifest.FIRST_FD;
        SequencedMap<String, Integer> listeners = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> listener : binder.heritage().entrySet()) {
            actions.handOver(listener.getValue(), next);
            listeners.put(listener.getKey(), next++);
        }
        List<Integer> handedOn = new ArrayList<>();
        for (int fd : binder.handedOver()) {
            actions.handOver(fd, next);
            handedOn.add(next++);
        }
        actions.handOver(channel, next);
        Map<String, String> variables = Activation.forSuccessor(environment, handedOn);
        // Left over, if a worker of another master has started this one.
        variables.remove(Assignment.WORKER);
        variables.put(Inheritance.LISTENERS, Inheritance.write(listeners));
        variables.put(ListenerStore.VARIABLE, binder.stored());
        variables.put(PREDECESSOR, "%d,%d".formatted(syscalls.processes().getpid(), next));
        return variables;
    }

    private void adopt(Setting here, int pid, Channel channel) {
        successor = channel;
        successorPid = pid;
        try {
            int result = here.reactor.add(fromSuccessor, channel.fd(), Interest.READ);
            Errno.check("add", result, "the channel to a new master");
            here.exits.watch(pid, () -> successorEnded(pid));
        } catch (RuntimeException e) {
            // Nobody would hear of its end: it must not begin.
            signal(ProcessConstants.SIGKILL);
            Spawner.reapChild(syscalls, pid);
            forget();
            throw e;
        }
    }

    /** Sends the new master a signal. Its pid is its own until it is reaped. */
    void signal(int signo) {
        if (successorPid != 0) {
            syscalls.processes().kill(successorPid, signo);
        }
    }

    private void successorEnded(int pid) {
        WaitStatus how = Spawner.reapChild(syscalls, pid);
        forget();
        setting().inputs.accept(new Input.MasterExited(how));
    }

    private void hearSuccessor() {
        if (successor == null) {
            return;
        }
        int code = successor.receive();
        while (code > 0) {
            if (Channel.notice(code) == Notice.READY) {
                setting().inputs.accept(new Input.MasterReady());
            }
            code = successor == null ? -Errno.EAGAIN : successor.receive();
        }
        if (code == -Errno.EAGAIN) {
            fromSuccessor.exhausted(Interest.READ);
        } else {
            // It has ended, which is heard of elsewhere.
            fromSuccessor.remove();
        }
    }

    private void hearPredecessor() {
        if (predecessor == null) {
            return;
        }
        int code = predecessor.receive();
        while (code > 0) {
            if (Channel.order(code) == Order.TAKE_OVER) {
                setting().heir.takeOver();
            }
            code = predecessor == null ? -Errno.EAGAIN : predecessor.receive();
        }
        if (code == -Errno.EAGAIN) {
            fromPredecessor.exhausted(Interest.READ);
        } else {
            forgetPredecessor();
            setting().heir.alone();
        }
    }

    private void forgetPredecessor() {
        fromPredecessor.remove();
        if (predecessor != null) {
            predecessor.close();
            predecessor = null;
        }
    }

    private void forget() {
        fromSuccessor.remove();
        successorPid = 0;
        if (successor != null) {
            successor.close();
            successor = null;
        }
    }

    /** Lets go of both; the new master hears of the end of this one. */
    @Override
    public void close() {
        forgetPredecessor();
        forget();
    }
}
