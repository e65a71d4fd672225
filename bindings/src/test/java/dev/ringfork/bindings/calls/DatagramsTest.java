// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.contract.DatagramsContract;

class DatagramsTest extends DatagramsContract {
    @Override
    protected Syscalls syscalls() {
        return Doors.syscalls();
    }
}
