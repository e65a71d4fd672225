// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A handler that notes what it is told, and then does what a test wants. */
final class Recorder implements EventHandler {
    final List<Integer> ready = new ArrayList<>();
    final List<Integer> broken = new ArrayList<>();
    final Registration registration = new Registration(this);
    private final Consumer<Registration> action;

    Recorder(Consumer<Registration> action) {
        this.action = action;
    }

    @Override
    public void ready(Registration registration, int ready) {
        this.ready.add(ready);
        action.accept(registration);
    }

    @Override
    public void broken(Registration registration, int ready) {
        broken.add(ready);
    }

    int calls() {
        return ready.size();
    }
}
