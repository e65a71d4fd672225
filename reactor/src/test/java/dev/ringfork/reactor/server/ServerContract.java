// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every server does, whatever it runs on; real clients, real sockets. */
@ExtendWith(NoLeakedDescriptors.class)
abstract class ServerContract
        implements ReceivingContract,
                SendingContract,
                FileContract,
                ClosingContract,
                AcceptingContract,
                LifeContract,
                AddressContract {
    private Rig rig;

    abstract EngineUnderTest engine();

    /** How many loops there are and how connections reach them. */
    LoopsUnderTest loops() {
        return LoopsUnderTest.ONE;
    }

    /** The calls that the server makes. */
    Syscalls syscalls() {
        return Syscalls.get();
    }

    /** Whether they cut reads short, as no kernel does on a stream. */
    boolean cutsReads() {
        return false;
    }

    @BeforeEach
    final void openRig() {
        rig = new Rig(engine(), loops(), syscalls(), cutsReads());
    }

    @AfterEach
    final void closeRig() {
        rig.close();
    }

    @Override
    public final Rig rig() {
        return rig;
    }
}
