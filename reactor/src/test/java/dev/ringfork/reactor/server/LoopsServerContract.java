// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;

/** The contract for an engine and an arrangement of loops that a class is parameterized with. */
abstract class LoopsServerContract extends ServerContract {
    private final EngineUnderTest engine;
    private final LoopsUnderTest loops;

    LoopsServerContract(EngineUnderTest engine, LoopsUnderTest loops) {
        this.engine = engine;
        this.loops = loops;
    }

    @Override
    final EngineUnderTest engine() {
        return engine;
    }

    @Override
    final LoopsUnderTest loops() {
        return loops;
    }
}
