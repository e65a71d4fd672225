// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.contract.KqueueContract;

class KqueueTest extends KqueueContract {
    @Override
    protected Syscalls syscalls() {
        return Doors.syscalls();
    }
}
