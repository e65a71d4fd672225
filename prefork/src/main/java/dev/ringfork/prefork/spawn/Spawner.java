// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

/** A way to start workers. Confined to the master's thread. */
public interface Spawner {

    /** Its name, as in {@code --spawn}. */
    String name();

    /**
     * Starts a worker, which has the descriptors of its manifest under the numbers of {@link
     * Manifest#there}, the standard ones, and no other; no signal is blocked or ignored in it, and
     * it leads a process group of its own. The child is the caller's to reap.
     *
     * @param assignment with descriptors as they are in this process
     * @return the pid
     * @throws dev.ringfork.bindings.SyscallException if there is no room for another process
     */
    int spawn(Assignment assignment);
}
