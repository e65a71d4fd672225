// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.queue;

import dev.ringfork.reactor.protocol.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What waits on one connection to go out, in order: leased buffers and parts of files.
 *
 * <p>A ring of items that grows and is kept, so that queueing allocates nothing. Confined to the
 * loop's thread. Owns what is in it until it is taken out or {@link #clear} is called.
 */
public abstract class PartQueue {
    /** Each part holds a descriptor; a session that stops when congested never has two. */
    public static final int FILE_PARTS_MAX = 16;

    private @Nullable Object[] items = new @Nullable Object[2];
    private int head;
    private int count;
    // Bytes in all buffers but the last item, which its writer fills without telling.
    private long sealedBytes;
    private int fileParts;

    /** Gives a buffer back. */
    protected abstract void release(Buffer buffer);

    /** Closes the file of a part. */
    protected abstract void closeFile(int fd);

    /** Whether nothing waits. */
    public final boolean isEmpty() {
        return count == 0;
    }

    /** Bytes in buffers; parts of files cost no memory. */
    public final long bytes() {
        return sealedBytes + (count > 0 && last() instanceof Buffer tail ? tail.length() : 0);
    }

    /** How many parts of files wait. */
    public final int files() {
        return fileParts;
    }

    /** How many items wait. */
    protected final int count() {
        return count;
    }

    /** An item: a {@link Buffer} or a {@link FilePart}; the first has index 0. */
    @SuppressWarnings("NullAway") // Places below count are never null.
    protected final Object at(int index) {
        return items[(head + index) & (items.length - 1)];
    }

    /** The last item of a queue that has one. */
    protected final Object last() {
        return at(count - 1);
    }

    /** How many bytes fit into the last buffer. */
    protected final int tailRoom() {
        return count > 0 && last() instanceof Buffer tail ? tail.room() : 0;
    }

    /** Takes over a buffer. */
    protected final void enqueue(Buffer buffer) {
        put(buffer);
    }

    /**
     * Takes over a part of a file.
     *
     * @return false if there are {@value #FILE_PARTS_MAX}; then it is the caller's still
     */
    public final boolean add(FilePart part) {
        if (fileParts == FILE_PARTS_MAX) {
            return false;
        }
        put(part);
        fileParts++;
        return true;
    }

    private void put(Object item) {
        if (count > 0 && last() instanceof Buffer tail) {
            sealedBytes += tail.length();
        }
        if (count == items.length) {
            grow();
        }
        items[(head + count++) & (items.length - 1)] = item;
    }

    private void grow() {
        @Nullable Object[] larger = new @Nullable Object[2 * items.length];
        for (int i = 0; i < count; i++) {
            larger[i] = at(i);
        }
        items = larger;
        head = 0;
    }

    /** Bytes of the first item, a buffer, have gone. */
    protected final void consumeFirst(Buffer first, int bytes) {
        if (count > 1) {
            sealedBytes -= bytes;
        }
        first.consume(bytes);
    }

    /** Removes the first item, which has nothing left. */
    protected final void removeFirst() {
        giveBack(at(0));
        items[head] = null;
        head = (head + 1) & (items.length - 1);
        count--;
    }

    private void giveBack(Object item) {
        if (item instanceof FilePart part) {
            fileParts--;
            closeFile(part.fd());
        } else {
            release((Buffer) item);
        }
    }

    /** Gives everything back unsent. */
    public void clear() {
        for (int i = 0; i < count; i++) {
            giveBack(at(i));
        }
        Arrays.fill(items, null);
        count = 0;
        sealedBytes = 0;
    }
}
