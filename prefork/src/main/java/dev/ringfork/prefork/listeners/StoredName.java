// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.bindings.Address;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * What a listener is called in the service manager's store: {@code
 * ringfork~0+stream+127.0.0.1%3A80}, and for a Unix socket the number of its file besides, by which
 * a later process sees whether the path still leads to it. As long as the socket is open no other
 * file gets that number. Immutable.
 *
 * @param place what it was asked for
 * @param file the inode of its path, empty where there is none
 */
record StoredName(Place place, String file) {
    /** {@code FDNAME} has no more characters. */
    static final int LENGTH_MAX = 255;

    private static final String PREFIX = "ringfork~";
    private static final String SEPARATOR = "~";

    /** That of a listener which is where it was bound. */
    static StoredName of(Place place) {
        return new StoredName(place, file(place.address()));
    }

    private static String file(Address address) {
        if (!(address instanceof Address.Unix(String path))) {
            return "";
        }
        try {
            Path file = Path.of(path);
            return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether a descriptor of that name was stored by this toolkit. */
    static boolean isOne(String name) {
        return name.startsWith(PREFIX);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static StoredName parse(String name) {
        String rest = isOne(name) ? name.substring(PREFIX.length()) : "";
        int end = rest.indexOf(SEPARATOR);
        String place = end < 0 ? rest : rest.substring(0, end);
        return new StoredName(
                Place.parse(URLDecoder.decode(place, UTF_8)),
                end < 0 ? "" : rest.substring(end + 1));
    }

    /** Whether clients still reach it: its path, if it has one, leads to it. */
    boolean reached() {
        return file.equals(file(place.address()));
    }

    @Override
    public String toString() {
        // An encoder leaves neither the colon, which FDNAME has not, nor the separator.
        String text = URLEncoder.encode(place.toString(), UTF_8).replace("%2F", "/");
        return PREFIX + text + (file.isEmpty() ? "" : SEPARATOR + file);
    }
}
