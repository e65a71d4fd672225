// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.LongPredicate;

/** A file that says which process the master is. Confined to one thread; removed when closed. */
final class PidFile implements AutoCloseable {
    /** More than a number has: a file that is longer holds none. */
    private static final int NUMBER_BYTES = 16;

    private final Path file;
    private final String content;

    private PidFile(Path file, String content) {
        this.file = file;
        this.content = content;
    }

    /**
     * Writes it, in one step: who reads it never sees half a number.
     *
     * @param predecessor whether a process that it names gives it away
     * @throws IllegalStateException if it names another process that runs
     * @throws IllegalStateException if it cannot be written: the message says why, and nothing is
     *     left behind
     */
    static PidFile write(Path file, int pid, LongPredicate predecessor) {
        refuseIfNoFile(file);
        refuseIfTaken(file, pid, predecessor);
        String content = pid + "\n";
        Path interim = file.resolveSibling(file.getFileName() + "." + pid);
        try {
            Files.writeString(interim, content);
            Files.move(interim, file, StandardCopyOption.ATOMIC_MOVE);
            return new PidFile(file, content);
        } catch (IOException e) {
            delete(interim);
            throw new IllegalStateException(
                    "the pid file %s cannot be written: %s".formatted(file, reason(file, e)), e);
        }
    }

    private static String reason(Path file, IOException failure) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            return "it is a folder; name a file in it";
        }
        if (folder != null && !Files.isDirectory(folder)) {
            return "there is no folder %s; create it, or choose another file".formatted(folder);
        }
        if (failure instanceof AccessDeniedException) {
            return "this user may not create files in %s; allow it, or choose another file"
                    .formatted(folder);
        }
        // "No space left on device", for instance.
        String reason = failure instanceof FileSystemException e ? e.getReason() : null;
        return "%s; make room in %s, or choose another file"
                .formatted(reason == null ? failure.getMessage() : reason, folder);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It stays behind and names nobody, which the next master notices.
            return;
        }
    }

    /** The file is replaced, which must not happen to a device. */
    private static void refuseIfNoFile(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            throw new IllegalStateException(
                    "the pid file %s cannot be written: it is no regular file; choose another"
                            .formatted(file));
        }
    }

    private static void refuseIfTaken(Path file, int pid, LongPredicate predecessor) {
        String text = read(file);
        if (!text.matches("\\d{1,9}")) {
            return;
        }
        long other = Long.parseLong(text);
        if (other != pid && ProcessHandle.of(other).isPresent() && !predecessor.test(other)) {
            throw new IllegalStateException(
                    "%s names process %d, which runs: end that, or choose another file"
                            .formatted(file, other));
        }
    }

    private static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(NUMBER_BYTES), US_ASCII).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Removes it, unless somebody else has written it since. */
    @Override
    public void close() {
        if (read(file).equals(content.strip())) {
            delete(file);
        }
    }
}
