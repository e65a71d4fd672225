// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Certificates;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every server does, with TLS between it and its clients.
 *
 * <p>Left out is what counts bytes or buffers, which the records need too, and what connects while
 * the loop is held, which a handshake cannot.
 */
@ExtendWith({NoLeakedDescriptors.class, ContractTable.class})
abstract class TlsServerContract
        implements Tabled,
                ReceivingContract,
                SendingContract,
                FileContract,
                ClosingContract,
                ThrowingContract,
                LifeContract {
    private Rig rig;

    abstract EngineUnderTest engine();

    @BeforeEach
    final void openRig() {
        rig =
                new Rig(
                        engine(),
                        LoopsUnderTest.ONE,
                        Syscalls.get(),
                        false,
                        Rig.LOOPBACK,
                        Certificates.of(Certificates.Kind.EC));
    }

    @Override
    public final String combination() {
        return "reactor | %s | %s | tls | real"
                .formatted(Names.of(engine().engine()), Names.of(engine().trigger()));
    }

    @AfterEach
    final void closeRig() {
        rig.close();
    }

    @Override
    public final Rig rig() {
        return rig;
    }

    @Override
    public void shouldReceiveWhatCameBeforeTheConnectionWasAccepted() {}

    @Override
    public void shouldServeWhoWasQueuedWhenItDrains() {}

    @Override
    public void shouldBoundWhatItQueuesForAPeerThatReadsLater() {}
}
