// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.contract.MessagesContract;

class MessagesTest extends MessagesContract {
    @Override
    protected Syscalls syscalls() {
        return Doors.syscalls();
    }
}
