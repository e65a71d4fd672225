// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import dev.ringfork.bindings.contract.AioContract;
import dev.ringfork.bindings.contract.DatagramsContract;
import dev.ringfork.bindings.contract.DescriptorsContract;
import dev.ringfork.bindings.contract.EpollContract;
import dev.ringfork.bindings.contract.IoUringContract;
import dev.ringfork.bindings.contract.KqueueContract;
import dev.ringfork.bindings.contract.MappingsContract;
import dev.ringfork.bindings.contract.MessagesContract;
import dev.ringfork.bindings.contract.PollingContract;
import dev.ringfork.bindings.contract.ProcessesContract;
import dev.ringfork.bindings.contract.SignalsContract;
import dev.ringfork.bindings.contract.SocketOptionsContract;
import dev.ringfork.bindings.contract.SocketsContract;
import dev.ringfork.bindings.contract.SpawnActionsContract;
import dev.ringfork.bindings.faults.FaultInjectingSyscalls;
import org.junit.jupiter.api.Nested;

/** Without a script nothing is changed: what stands before a provider keeps the whole contract. */
class FaultlessSyscallsTest {

    private static final Syscalls FAULTLESS = new FaultInjectingSyscalls(Syscalls.get(), 0);

    @Nested
    class DescriptorsTest extends DescriptorsContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class SocketsTest extends SocketsContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class MessagesTest extends MessagesContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class DatagramsTest extends DatagramsContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class SocketOptionsTest extends SocketOptionsContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class PollingTest extends PollingContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class EpollTest extends EpollContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class IoUringTest extends IoUringContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class KqueueTest extends KqueueContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class ProcessesTest extends ProcessesContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class SpawnActionsTest extends SpawnActionsContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class MappingsTest extends MappingsContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class SignalsTest extends SignalsContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }

    @Nested
    class AioTest extends AioContract {
        @Override
        protected Syscalls syscalls() {
            return FAULTLESS;
        }
    }
}
