// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Forks;

/** Copies of this process, by libringfork. */
final class ForkCalls implements Forks {

    static final ForkCalls INSTANCE = new ForkCalls();

    private static final Call INIT = Linkage.current().library().link("rf_fork_init");
    private static final Call CHECK = Linkage.current().library().link("rf_fork_check");
    private static final Call FORK = Linkage.current().library().link("rf_fork");

    private ForkCalls() {}

    @Override
    public int rf_fork_init(int signo) {
        return (int) INIT.call(signo);
    }

    @Override
    public int rf_fork_check(long findings) {
        return (int) CHECK.call(findings);
    }

    @Override
    public int rf_fork(long options, long result) {
        return (int) FORK.call(options, result);
    }
}
