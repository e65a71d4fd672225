// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import java.util.function.Consumer;
import java.util.function.Function;

/** Protocols that answer lines: what the examples have in common. */
final class Lines {
    private Lines() {}

    /** Answers each line with one, in the order they come. */
    static Protocol answer(Function<String, String> answers) {
        return connection -> each(line -> say(connection, answers.apply(line)));
    }

    /** Hears each line. */
    static Session each(Consumer<String> heard) {
        return in -> {
            for (int end; (end = lineEnd(in)) >= 0; ) {
                String line = UTF_8.decode(in.view().limit(end)).toString().strip();
                in.consume(end + 1 - in.start());
                heard.accept(line);
            }
        };
    }

    private static int lineEnd(Buffer in) {
        for (int i = in.start(); i < in.end(); i++) {
            if (in.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Sends a line. Who takes none of them for so long that they fill memory is cut off. */
    static void say(Connection connection, String line) {
        if (!connection.write((line + "\n").getBytes(UTF_8))) {
            connection.abort();
        }
    }
}
