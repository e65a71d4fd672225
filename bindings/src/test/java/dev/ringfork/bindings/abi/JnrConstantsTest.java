// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jnr.constants.Constant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables against those of jnr-constants: what others have found on systems of their own. */
class JnrConstantsTest {

    private static final List<String> SETS =
            List.of(
                    "AddressFamily",
                    "Errno",
                    "Fcntl",
                    "IPProto",
                    "OpenFlags",
                    "RLIMIT",
                    "Shutdown",
                    "Signal",
                    "Sock",
                    "SocketLevel",
                    "SocketMessage",
                    "SocketOption",
                    "TCP",
                    "WaitFlags");

    /** Fewer rows in common would say that names are not found. */
    private static final int LEAST_ROWS = 150;

    @ParameterizedTest
    @CsvSource({"linux, LINUX_X86_64", "darwin, MACOS_AARCH64", "darwin, MACOS_X86_64"})
    void shouldAgreeWithJnrConstants(String system, Platform platform)
            throws ClassNotFoundException {
        Map<String, String> tables = AbiTables.of(platform);
        List<String> differences = new ArrayList<>();
        int rows = 0;
        for (String set : SETS) {
            Class<?> constants = Class.forName("jnr.constants.platform." + system + "." + set);
            String kind = set.equals("Errno") ? "errno " : "const ";
            for (Object each : constants.getEnumConstants()) {
                Constant constant = (Constant) each;
                String mine = tables.get(kind + constant.name());
                if (constant.defined() && mine != null) {
                    rows++;
                    String theirs = Long.toString(constant.longValue());
                    if (!mine.equals(theirs)) {
                        differences.add(constant.name() + ": " + theirs + ", the table " + mine);
                    }
                }
            }
        }
        assertEquals(List.of(), differences);
        assertTrue(rows > LEAST_ROWS, "only " + rows + " rows");
    }
}
