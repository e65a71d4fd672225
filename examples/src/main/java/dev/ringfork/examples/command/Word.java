// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.reactor.server.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;

/**
 * Reads a value of one of the design's axes: an enum constant in lower case, {@code multi-reactor}
 * for {@code MULTI_REACTOR}.
 *
 * @param <E> the axis
 */
final class Word<E extends Enum<E>> implements CommandLine.ITypeConverter<E> {
    private final Class<E> axis;

    Word(Class<E> axis) {
        this.axis = axis;
    }

    /** How a constant is written. */
    static String of(Enum<?> constant) {
        if (constant == Engine.IO_URING) {
            // The kernel's own name stays as it is.
            return "io_uring";
        }
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public E convert(String text) {
        List<String> words = new ArrayList<>();
        for (E constant : axis.getEnumConstants()) {
            if (of(constant).equals(text)) {
                return constant;
            }
            words.add(of(constant));
        }
        String last = words.removeLast();
        throw new IllegalArgumentException(
                "'%s' is none of %s and %s".formatted(text, String.join(", ", words), last));
    }
}
