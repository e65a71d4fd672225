// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.contract.DatagramsContract;

class FfmDatagramsTest extends DatagramsContract {
    @Override
    protected Syscalls syscalls() {
        return Doors.syscalls();
    }
}
