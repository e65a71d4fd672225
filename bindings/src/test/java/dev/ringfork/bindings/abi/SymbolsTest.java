// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Platform;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The names that are looked up in the C library. */
class SymbolsTest {

    /**
     * How many functions the C library of the machine may lack: before glibc 2.33 the stat family
     * was inlined, before 2.36 there was no pidfd.
     */
    private static final int MOST_LACKING = 6;

    @ParameterizedTest
    @EnumSource(names = {"MACOS_AARCH64", "MACOS_X86_64"})
    void shouldBeWhatACompilerForMacosBindsTo(Platform platform) {
        int column = platform == Platform.MACOS_AARCH64 ? 1 : 2;
        Map<String, String> facts = new TreeMap<>();
        for (String[] row : Tsv.rows("macos-symbols")) {
            if (!row[column].equals("-")) {
                facts.put(row[0], row[column]);
            }
        }
        Symbols symbols = Symbols.of(platform);
        Map<String, String> names = new TreeMap<>();
        symbols.names().forEach(function -> names.put(function, symbols.name(function)));

        assertEquals(List.of(), Differences.between(facts, names));
    }

    @ParameterizedTest
    @EnumSource(names = {"LINUX_X86_64", "LINUX_AARCH64"})
    void shouldBePlainOnLinux(Platform platform) {
        Symbols symbols = Symbols.of(platform);
        assertTrue(symbols.has("accept4"));
        symbols.names().forEach(function -> assertEquals(function, symbols.name(function)));
    }

    @Test
    void shouldChooseTheVariantsWithoutOldLimits() {
        assertEquals("fstat$INODE64", Symbols.of(Platform.MACOS_X86_64).name("fstat"));
        assertEquals("fstat", Symbols.of(Platform.MACOS_AARCH64).name("fstat"));
        assertEquals("select$DARWIN_EXTSN", Symbols.of(Platform.MACOS_AARCH64).name("select"));
    }

    @Test
    void shouldSayWhatIsMissingWhere() {
        Symbols macos = Symbols.of(Platform.MACOS_AARCH64);

        assertFalse(macos.has("accept4"));
        NoSuchElementException thrown =
                assertThrows(NoSuchElementException.class, () -> macos.name("accept4"));
        assertEquals("no symbol for accept4 on macos-aarch64", thrown.getMessage());
    }

    @Test
    void shouldBeFoundInTheCLibraryOfThisMachine() {
        SymbolLookup library = Linker.nativeLinker().defaultLookup();
        Symbols symbols = Symbols.of(Platform.current());
        List<String> lacking = new ArrayList<>();
        for (String function : symbols.names()) {
            if (library.find(symbols.name(function)).isEmpty()) {
                lacking.add(function);
            }
        }
        if (!lacking.isEmpty()) {
            System.out.println("functions that the C library lacks: " + lacking);
        }
        assertTrue(lacking.size() <= MOST_LACKING, () -> "the C library lacks " + lacking);
    }
}
