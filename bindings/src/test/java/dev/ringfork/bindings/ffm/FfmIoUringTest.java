// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.contract.IoUringContract;

class FfmIoUringTest extends IoUringContract {
    @Override
    protected Syscalls syscalls() {
        return Doors.syscalls();
    }
}
