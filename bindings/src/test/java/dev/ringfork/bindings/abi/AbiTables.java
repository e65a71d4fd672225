// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import dev.ringfork.bindings.Errnos;
import dev.ringfork.bindings.Platform;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * All that the Java tables say about a platform, as one map, so that it can be compared with what
 * something else says.
 *
 * <p>Keys are a kind and the name in C: {@code const O_CREAT}, {@code errno EAGAIN}, {@code syscall
 * __NR_read}, {@code struct struct msghdr}, {@code field struct msghdr.msg_iov}. Values are the
 * number, {@code size/alignment} of a type and {@code offset:size} of a field.
 */
final class AbiTables {

    /** The payloads, in bytes, for which {@code CMSG_LEN} and {@code CMSG_SPACE} are known. */
    private static final int[] LENGTHS = {0, 4};

    private static final int[] SPACES = {0, 1, 4, 8, 12};

    private AbiTables() {}

    static NavigableMap<String, String> of(Platform platform) {
        NavigableMap<String, String> rows = new TreeMap<>();
        Constants constants = Constants.of(platform);
        for (String name : constants.names()) {
            if (!constants.ours(name)) {
                rows.put("const " + name, Long.toString(constants.value(name)));
            }
        }
        Errnos.on(platform).forEach((name, number) -> rows.put("errno " + name, number.toString()));
        SyscallNumbers numbers = SyscallNumbers.of(platform);
        for (String call : numbers.names()) {
            rows.put("syscall __NR_" + call, Integer.toString(numbers.number(call)));
        }
        addLayouts(Layouts.of(platform), rows);
        return rows;
    }

    private static void addLayouts(Layouts layouts, NavigableMap<String, String> rows) {
        for (String type : layouts.types()) {
            String spelling = layouts.spelling(type);
            rows.put("struct " + spelling, layouts.size(type) + "/" + layouts.align(type));
            for (String field : layouts.fields(type)) {
                rows.put(
                        "field " + spelling + "." + field,
                        layouts.offset(type, field) + ":" + layouts.size(type, field));
            }
        }
        for (int bytes : LENGTHS) {
            rows.put("const CMSG_LEN(" + bytes + ")", Integer.toString(layouts.cmsgLength(bytes)));
        }
        for (int bytes : SPACES) {
            rows.put("const CMSG_SPACE(" + bytes + ")", Integer.toString(layouts.cmsgSpace(bytes)));
        }
    }
}
