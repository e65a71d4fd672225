// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

/**
 * IPv4 and IPv6 addresses with ports as text. IPv6 is written in the one form of RFC 5952. Nothing
 * is looked up, and nothing but these forms is taken: no names, no numbers with fewer than four
 * parts.
 */
final class InetText {

    private static final int GROUPS = 8;
    private static final int GROUPS_OF_LOW = 4;
    private static final int HEX = 16;

    private InetText() {}

    static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw wrong(text);
        }
        int port = number(text.substring(colon + 1), 0xffff, text);
        if (text.startsWith("[") && text.charAt(colon - 1) == ']') {
            return parse6(text.substring(1, colon - 1), port, text);
        }
        return new Address.Inet4(parse4(text.substring(0, colon), text), port);
    }

    private static int parse4(String host, String text) {
        String[] parts = host.split("\\.", -1);
        if (parts.length != Integer.BYTES) {
            throw wrong(text);
        }
        int value = 0;
        for (String part : parts) {
            if (part.length() > 1 && part.charAt(0) == '0') {
                // Some would read an octal number.
                throw wrong(text);
            }
            value = value << Byte.SIZE | number(part, 0xff, text);
        }
        return value;
    }

    private static Address parse6(String hostAndScope, int port, String text) {
        int percent = hostAndScope.indexOf('%');
        int scope = 0;
        String host = hostAndScope;
        if (percent >= 0) {
            host = hostAndScope.substring(0, percent);
            scope = number(hostAndScope.substring(percent + 1), 0xffff_ffffL, text);
        }
        int gap = host.indexOf("::");
        int[] groups = new int[GROUPS];
        if (gap < 0) {
            if (groups(host, groups, text) != GROUPS) {
                throw wrong(text);
            }
        } else {
            if (host.lastIndexOf('.', gap) >= 0) {
                throw wrong(text);
            }
            int before = groups(host.substring(0, gap), groups, text);
            int[] after = new int[GROUPS];
            int count = groups(host.substring(gap + 2), after, text);
            if (before + count >= GROUPS) {
                throw wrong(text);
            }
            System.arraycopy(after, 0, groups, GROUPS - count, count);
        }
        return new Address.Inet6(join(groups, 0), join(groups, GROUPS_OF_LOW), port, scope);
    }

    /** Reads groups separated by single colons, the last two perhaps as an IPv4 address. */
    private static int groups(String part, int[] groups, String text) {
        if (part.isEmpty()) {
            return 0;
        }
        int count = 0;
        String[] words = part.split(":", -1);
        for (int i = 0; i < words.length; i++) {
            boolean dotted = i == words.length - 1 && words[i].indexOf('.') >= 0;
            if (count + (dotted ? 2 : 1) > GROUPS) {
                throw wrong(text);
            }
            if (dotted) {
                int host = parse4(words[i], text);
                groups[count++] = host >>> Short.SIZE;
                groups[count++] = host & 0xffff;
            } else {
                groups[count++] = group(words[i], text);
            }
        }
        return count;
    }

    private static int group(String word, String text) {
        if (word.isEmpty() || word.length() > Integer.BYTES) {
            throw wrong(text);
        }
        int value = 0;
        for (int i = 0; i < word.length(); i++) {
            int digit = Character.digit(word.charAt(i), HEX);
            if (digit < 0 || word.charAt(i) > 'f') {
                throw wrong(text);
            }
            value = value * HEX + digit;
        }
        return value;
    }

    private static int number(String word, long max, String text) {
        if (word.isEmpty() || !word.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw wrong(text);
        }
        long value = word.length() > 10 ? Long.MAX_VALUE : Long.parseLong(word);
        if (value > max) {
            throw wrong(text);
        }
        return (int) value;
    }

    private static long join(int[] groups, int from) {
        long value = 0;
        for (int i = from; i < from + GROUPS_OF_LOW; i++) {
            value = value << Short.SIZE | groups[i];
        }
        return value;
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "no address: \"%s\"; write 127.0.0.1:80, [::1]:80, unix:/path or unix:@abstract"
                        .formatted(text));
    }

    static String format4(int host) {
        return "%d.%d.%d.%d"
                .formatted(host >>> 24, host >>> 16 & 0xff, host >>> 8 & 0xff, host & 0xff);
    }

    static String format6(long high, long low) {
        boolean mapped = high == 0 && low >>> Integer.SIZE == 0xffff;
        if (mapped) {
            return "::ffff:" + format4((int) low);
        }
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            long half = i < GROUPS_OF_LOW ? high : low;
            int shift = Short.SIZE * (GROUPS_OF_LOW - 1 - i % GROUPS_OF_LOW);
            groups[i] = (int) (half >>> shift) & 0xffff;
        }
        int gap = 0;
        int gapLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int zeros = zeros(groups, i);
            if (zeros > gapLength) {
                gap = i;
                gapLength = zeros;
            }
        }
        if (gapLength == 1) {
            return format(groups, 0, GROUPS);
        }
        return format(groups, 0, gap) + "::" + format(groups, gap + gapLength, GROUPS);
    }

    private static int zeros(int[] groups, int from) {
        int i = from;
        while (i < GROUPS && groups[i] == 0) {
            i++;
        }
        return i - from;
    }

    private static String format(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
