// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something does not hold; the message says what. */
final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    Broken(String message) {
        super(message);
    }

    /** Goes on if a condition holds. */
    static void unless(boolean holds, String message) throws Broken {
        if (!holds) {
            throw new Broken(message);
        }
    }

    /** Goes on if two values are equal. */
    static void unlessEqual(String name, @Nullable Object expected, @Nullable Object found)
            throws Broken {
        String right = String.valueOf(expected);
        String there = String.valueOf(found);
        unless(right.equals(there), "%s is %s, expected %s".formatted(name, there, right));
    }

    /** Goes on if nothing of what others have found does not hold. */
    static void unlessNone(List<String> failures) throws Broken {
        if (!failures.isEmpty()) {
            Broken all = new Broken(String.join("; ", failures));
            // They know their places.
            all.setStackTrace(new StackTraceElement[0]);
            throw all;
        }
    }

    /** What a failure is in one line, with the place in the laboratory. */
    static String line(Throwable failure) {
        StringBuilder line = new StringBuilder();
        line.append(failure instanceof Broken ? failure.getMessage() : failure.toString());
        for (StackTraceElement frame : failure.getStackTrace()) {
            if (frame.getClassName().startsWith(Broken.class.getPackageName())
                    && !frame.getClassName().equals(Broken.class.getName())) {
                line.append(" (%s:%d)".formatted(frame.getFileName(), frame.getLineNumber()));
                break;
            }
        }
        return line.toString().replace('\n', ' ').replace('\r', ' ');
    }
}
