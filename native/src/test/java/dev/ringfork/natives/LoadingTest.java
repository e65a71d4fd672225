// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.natives;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.natives.NativeLibrary.Present;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a caller does with the file: load it, delete it, and go on calling. */
// Loading and calling native code is restricted; to show that it works is what this test is for.
@SuppressWarnings("restricted")
final class LoadingTest {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final int EBADF = 9;

    @TempDir private Path temp;

    @Test
    void shouldStayLoadedAfterTheFileIsGone() throws Throwable {
        MemorySegment symbol = load().findOrThrow("rf_version");
        MethodHandle version =
                LINKER.downcallHandle(
                        symbol, FunctionDescriptor.of(ADDRESS), Linker.Option.critical(false));

        MemorySegment text = (MemorySegment) version.invokeExact();
        // No version is longer than what is looked at here.
        String digits = text.reinterpret(32).getString(0);
        assertTrue(digits.matches("\\d+\\.\\d+\\.\\d+"), digits);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldLetAHandleBindTheSystemCallsNumber() throws Throwable {
        long closeNumber = Platforms.current().endsWith("x86_64") ? 3 : 57;
        MethodHandle syscall1 =
                LINKER.downcallHandle(
                        load().findOrThrow("rf_syscall1"),
                        FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
        MethodHandle close = MethodHandles.insertArguments(syscall1, 0, closeNumber);

        assertEquals(-EBADF, (long) close.invokeExact(-1L));
    }

    private SymbolLookup load() {
        NativeLibrary found = new NativeSearch("", temp.toString()).find(Platforms.current());
        try (Present library = assertInstanceOf(Present.class, found, found::toString)) {
            return SymbolLookup.libraryLookup(library.path(), Arena.global());
        }
    }
}
