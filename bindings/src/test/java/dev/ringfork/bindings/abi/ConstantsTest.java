// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Platform;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Constants by name, and the fields that hold them. */
class ConstantsTest {

    static final List<Class<?>> FAMILIES =
            List.of(
                    Fcntl.class,
                    SocketConstants.class,
                    PollConstants.class,
                    EpollConstants.class,
                    EventConstants.class,
                    IoUringConstants.class,
                    IoUringOperations.class,
                    KqueueConstants.class,
                    ProcessConstants.class,
                    MappingConstants.class,
                    SignalConstants.class);

    @ParameterizedTest
    @FieldSource("FAMILIES")
    void shouldGiveEachFieldTheValueOfItsName(Class<?> family) throws IllegalAccessException {
        Constants constants = Constants.current();
        for (Field field : constantFields(family)) {
            String name = field.getName();
            long expected = constants.has(name) ? constants.value(name) : Constants.ABSENT;
            if (field.getType() == int.class) {
                assertEquals((int) expected, field.getInt(null), name);
            } else {
                assertEquals(expected, field.getLong(null), name);
            }
        }
    }

    @Test
    void shouldHaveAFieldForEachNameOfAnyPlatform() {
        Set<String> fields = new TreeSet<>();
        for (Class<?> family : FAMILIES) {
            constantFields(family).forEach(field -> fields.add(field.getName()));
        }
        Set<String> names = new TreeSet<>();
        for (Platform platform : Platform.values()) {
            names.addAll(Constants.of(platform).names());
        }
        assertEquals(names, fields);
    }

    @Test
    void shouldGiveTheValueThatCEvaluates() {
        assertEquals(2147483648L, Constants.of(Platform.LINUX_X86_64).value("EPOLLET"));
        assertEquals(0xffff, Constants.of(Platform.MACOS_AARCH64).value("SOL_SOCKET"));
        assertEquals(0x4000, Constants.of(Platform.LINUX_X86_64).value("O_DIRECT"));
        assertEquals(0x10000, Constants.of(Platform.LINUX_AARCH64).value("O_DIRECT"));
    }

    @Test
    void shouldSayWhichPlatformLacksAConstant() {
        Constants macos = Constants.of(Platform.MACOS_AARCH64);

        assertFalse(macos.has("EPOLLIN"));
        NoSuchElementException thrown =
                assertThrows(NoSuchElementException.class, () -> macos.value("EPOLLIN"));
        assertEquals("EPOLLIN does not exist on macos-aarch64", thrown.getMessage());
    }

    @Test
    void shouldSayThatANameIsUnknown() {
        Constants linux = Constants.of(Platform.LINUX_X86_64);

        assertFalse(linux.has("EPOLLFOO"));
        assertFalse(linux.ours("EPOLLFOO"));
        NoSuchElementException thrown =
                assertThrows(NoSuchElementException.class, () -> linux.value("EPOLLFOO"));
        assertEquals("EPOLLFOO is in no table of constants", thrown.getMessage());
    }

    @Test
    void shouldCallTheBitsThatMacosLacksItsOwn() {
        Constants macos = Constants.of(Platform.MACOS_AARCH64);
        Set<String> ours = new TreeSet<>(macos.names());
        ours.removeIf(name -> !macos.ours(name));

        assertEquals(Set.of("MSG_CMSG_CLOEXEC", "SOCK_CLOEXEC", "SOCK_NONBLOCK"), ours);
        assertFalse(Constants.of(Platform.LINUX_X86_64).ours("SOCK_CLOEXEC"));
    }

    /** A bit of ours must be told from every bit of the kernel's, and from the other one. */
    @ParameterizedTest
    @EnumSource(names = {"MACOS_AARCH64", "MACOS_X86_64"})
    void shouldChooseBitsThatMacosDoesNotUse(Platform platform) {
        Constants macos = Constants.of(platform);
        for (String name : macos.names()) {
            for (String own : List.of("SOCK_CLOEXEC", "SOCK_NONBLOCK", "MSG_CMSG_CLOEXEC")) {
                String family = own.substring(0, own.indexOf('_') + 1);
                if (name.startsWith(family) && !name.equals(own)) {
                    assertEquals(0, macos.value(own) & macos.value(name), own + " and " + name);
                }
            }
        }
    }

    private static List<Field> constantFields(Class<?> family) {
        List<Field> fields =
                List.of(family.getDeclaredFields()).stream()
                        .filter(field -> Modifier.isPublic(field.getModifiers()))
                        .toList();
        assertTrue(fields.size() > 5, family.getName());
        return fields;
    }
}
