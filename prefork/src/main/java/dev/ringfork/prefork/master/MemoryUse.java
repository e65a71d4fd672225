// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What processes take, proc(5). */
final class MemoryUse {
    private static final String PSS = "Pss:";
    private static final int KILO = 1024;

    private MemoryUse() {}

    /**
     * What a process takes, with a part of each page that it shares with others: two that share a
     * page have half of it each. The kernel walks through the whole process for it, a millisecond
     * or so.
     *
     * @return bytes, or 0 if it is not told
     */
    static long pssBytes(int pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
                if (line.startsWith(PSS)) {
                    return KILO * Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            return 0;
        } catch (IOException e) {
            // It has ended, or is somebody's whom this process may not look at.
            return 0;
        }
    }
}
