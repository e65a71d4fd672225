// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import dev.ringfork.bindings.Platform;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The constants of C's headers by name, for any platform.
 *
 * <p>For tools, tests and messages. Code that makes calls takes the fields of {@link Fcntl}, {@link
 * SocketConstants} and their kin instead: they are the same rows, and the JIT compiler folds them.
 * Errors have their own table, {@link dev.ringfork.bindings.Errno}. Immutable.
 */
public final class Constants {

    /**
     * What a field holds when its constant does not exist on this platform. No constant has this
     * value; {@code Integer.MIN_VALUE} would not do, since it is {@code EPOLLET}.
     */
    public static final int ABSENT = Integer.MIN_VALUE + 1;

    private static final int FAMILIES = 11;

    private final Platform platform;

    private Constants(Platform platform) {
        this.platform = platform;
    }

    /** The constants of a platform. */
    public static Constants of(Platform platform) {
        return new Constants(platform);
    }

    /** The constants of the platform that this JVM runs on. */
    public static Constants current() {
        return of(Platform.current());
    }

    /**
     * The value of a constant, as C evaluates it: {@code EPOLLET} is 2147483648, not negative.
     *
     * @throws NoSuchElementException if the platform, or this library, does not have it
     */
    public long value(String name) {
        ConstantTable.Row row = find(name);
        if (row == null) {
            throw new NoSuchElementException(name + " is in no table of constants");
        }
        if (!row.on(platform)) {
            throw new NoSuchElementException(name + " does not exist on " + platform.key());
        }
        return row.value(platform);
    }

    /** Whether the platform has a constant. */
    public boolean has(String name) {
        ConstantTable.Row row = find(name);
        return row != null && row.on(platform);
    }

    /**
     * Whether the value is the toolkit's own, because the platform lacks the constant. Such a bit
     * must not reach the kernel: providers take it off and do its work by other calls.
     */
    public boolean ours(String name) {
        ConstantTable.Row row = find(name);
        return row != null && row.ours(platform);
    }

    /** The names of all constants that the platform has. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < FAMILIES; i++) {
            family(i)
                    .rows()
                    .forEach((name, row) -> {
                        if (row.on(platform)) {
                            names.add(name);
                        }
                    });
        }
        return names;
    }

    private static ConstantTable.@Nullable Row find(String name) {
        for (int i = 0; i < FAMILIES; i++) {
            ConstantTable.Row row = family(i).find(name);
            if (row != null) {
                return row;
            }
        }
        return null;
    }

    /** One family at a time: a class is initialized, and its rows made, when it is asked for. */
    private static ConstantTable family(int index) {
        return switch (index) {
            case 0 -> SocketConstants.TABLE;
            case 1 -> Fcntl.TABLE;
            case 2 -> PollConstants.TABLE;
            case 3 -> EpollConstants.TABLE;
            case 4 -> EventConstants.TABLE;
            case 5 -> ProcessConstants.TABLE;
            case 6 -> MappingConstants.TABLE;
            case 7 -> KqueueConstants.TABLE;
            case 8 -> SignalConstants.TABLE;
            case 9 -> IoUringConstants.TABLE;
            case 10 -> IoUringOperations.TABLE;
            default -> throw new AssertionError(index);
        };
    }
}
