// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/**
 * What the other threads of this process have allocated by some moment. While that is the same, no
 * object can have come to be but by this thread. Immutable.
 *
 * @param bytes by the number of a thread; carriers stand for virtual threads
 */
record Allocations(Map<Long, Long> bytes) {

    /** Those of now. */
    static Allocations now() {
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long[] numbers = threads.getAllThreadIds();
        long[] allocated = threads.getThreadAllocatedBytes(numbers);
        Map<Long, Long> bytes = new HashMap<>();
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] != Thread.currentThread().threadId()) {
                bytes.put(numbers[i], allocated[i]);
            }
        }
        return new Allocations(bytes);
    }

    /** Whether nothing was allocated since; also false if this virtual machine does not count. */
    boolean last() {
        // The maps: a record's own equals is linked at its first call, and that is in a child.
        return !bytes.containsValue(-1L) && bytes.equals(now().bytes);
    }
}
