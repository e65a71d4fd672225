// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What every server does, whatever it runs on; real clients, real sockets. */
@ExtendWith({NoLeakedDescriptors.class, ContractTable.class})
abstract class ServerContract
        implements Tabled,
                ReceivingContract,
                SendingContract,
                FileContract,
                ClosingContract,
                ThrowingContract,
                ConnectingContract,
                AcceptingContract,
                SharingContract,
                SoftLimitContract,
                LifeContract,
                AddressContract {
    private Rig rig;

    abstract EngineUnderTest engine();

    /** How many loops there are and how connections reach them. */
    LoopsUnderTest loops() {
        return LoopsUnderTest.ONE;
    }

    /** What carries the bytes, where a test does not say. */
    TransportUnderTest transport() {
        return TransportUnderTest.TCP4;
    }

    @Override
    public final String combination() {
        return "%s | %s | %s | %s | %s"
                .formatted(
                        loops().architecture(),
                        engine().engine() == Engine.KQUEUE
                                ? "kqueue (model)"
                                : Names.of(engine().engine()),
                        Names.of(engine().trigger()),
                        Names.of(transport()),
                        syscalls().equals(Syscalls.get()) ? "real" : "with faults");
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
    final void openRig(@TempDir Path folder) {
        transport().assumeThere();
        Address address = transport().address(folder);
        rig =
                new Rig(
                        engine(),
                        loops(),
                        syscalls(),
                        cutsReads(),
                        address,
                        transport().certificate());
    }

    @AfterEach
    final void closeRig() {
        if (rig != null) {
            rig.close();
        }
    }

    @Override
    public final Rig rig() {
        return rig;
    }
}
