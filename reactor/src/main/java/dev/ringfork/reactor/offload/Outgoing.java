// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.reactor.protocol.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What goes out, in order: filled buffers and parts of files.
 *
 * <p>Not safe for use by many threads. Owns what is in it.
 */
final class Outgoing {
    private @Nullable Object[] items = new @Nullable Object[2];
    private int count;
    private int files;
    // Bytes in all buffers but the last item, which its writer fills without telling.
    private long sealedBytes;

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    Object at(int index) {
        Object item = items[index];
        if (item == null) {
            throw new AssertionError("no item " + index);
        }
        return item;
    }

    int files() {
        return files;
    }

    long bytes() {
        Buffer tail = tail();
        return sealedBytes + (tail == null ? 0 : tail.length());
    }

    /** The buffer that is filled; null if the next byte needs another one. */
    @Nullable Buffer tail() {
        return count > 0 && items[count - 1] instanceof Buffer last ? last : null;
    }

    void add(Buffer buffer) {
        append(buffer);
    }

    void add(QueuedFile file) {
        append(file);
        files++;
    }

    private void append(Object item) {
        sealedBytes = bytes();
        if (count == items.length) {
            items = Arrays.copyOf(items, 2 * count);
        }
        items[count++] = item;
    }

    /** Takes over everything that another one holds, behind what is here. */
    void addAll(Outgoing other) {
        if (isEmpty()) {
            swap(other);
            return;
        }
        for (int i = 0; i < other.count; i++) {
            append(other.at(i));
        }
        files += other.files;
        other.forget();
    }

    /** Exchanges everything with another one. */
    void swap(Outgoing other) {
        @Nullable Object[] otherItems = other.items;
        int otherCount = other.count;
        int otherFiles = other.files;
        long otherSealed = other.sealedBytes;
        other.items = items;
        other.count = count;
        other.files = files;
        other.sealedBytes = sealedBytes;
        items = otherItems;
        count = otherCount;
        files = otherFiles;
        sealedBytes = otherSealed;
    }

    /** Forgets everything, which others own now. */
    void forget() {
        Arrays.fill(items, 0, count, null);
        count = 0;
        files = 0;
        sealedBytes = 0;
    }
}
