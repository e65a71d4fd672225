// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Serves the regular files below a folder, for GET and HEAD.
 *
 * <p>A file is opened, and sent inside the kernel; a folder is answered with its {@code
 * index.html}. {@code If-Modified-Since} and one {@code Range} are understood. What a name may be
 * is {@link FilePath}'s to say. Symbolic links are followed wherever they lead: who may write in
 * the folder decides what is served.
 *
 * <p>Safe for use by many threads. Opening is done on the loop's thread: the folder should not be
 * on a file system that makes one wait.
 */
public final class StaticFiles implements Handler {
    /** Not blocked by a pipe without a writer; not given a terminal; not inherited. */
    private static final int FLAGS =
            Fcntl.O_RDONLY | Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK | Fcntl.O_NOCTTY;

    private static final byte[] INDEX = "index.html".getBytes(StandardCharsets.US_ASCII);

    private static final Response NOT_ALLOWED =
            Response.status(405).withHeader("Allow", "GET, HEAD");

    private final Descriptors descriptors = Syscalls.get().descriptors();
    private final byte[] root;
    private final int prefixLength;
    private final ThreadLocal<Room> rooms = ThreadLocal.withInitial(Room::new);

    /** What one thread names and describes files with. */
    private static final class Room {
        final MemorySegment path = Arena.ofAuto().allocate(Fcntl.PATH_MAX);

        /** The path without the room for what may have to be added to a name. */
        final MemorySegment name = path.asSlice(0, path.byteSize() - INDEX.length - 1);

        final FileStatus status = new FileStatus();
    }

    /**
     * The files below a folder.
     *
     * @param prefix of the paths that are answered, ending in a slash, which stands for the folder
     */
    public StaticFiles(String prefix, Path root) {
        if (!prefix.startsWith("/") || !prefix.endsWith("/")) {
            throw new IllegalArgumentException(prefix + " has no slash on both ends");
        }
        this.prefixLength = prefix.length();
        this.root = root.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        if (this.root.length + prefixLength > Fcntl.PATH_MAX / 2) {
            throw new IllegalArgumentException("the path " + root + " is too long");
        }
    }

    @Override
    public Response handle(Request request) {
        if (!request.is(Methods.GET) && !request.is(Methods.HEAD)) {
            return NOT_ALLOWED;
        }
        Room room = rooms.get();
        int end = name(request, room);
        return end < 0 ? Response.status(-end) : open(request, room, end);
    }

    /** Writes the name of the file: the index behind it, or a status, negated. */
    private int name(Request request, Room room) {
        MemorySegment path = room.path;
        MemorySegment.copy(root, 0, path, ValueLayout.JAVA_BYTE, 0, root.length);
        path.set(ValueLayout.JAVA_BYTE, root.length, (byte) '/');
        int start = Math.min(request.pathStart() + prefixLength, request.pathEnd());
        int at = root.length + 1;
        int end = FilePath.decode(request.bytes(), start, request.pathEnd(), room.name, at);
        return end < 0 || Ascii.at(path, end - 1) != '/' ? end : index(path, end);
    }

    private static int index(MemorySegment path, int end) {
        MemorySegment.copy(INDEX, 0, path, ValueLayout.JAVA_BYTE, end, INDEX.length);
        return end + INDEX.length;
    }

    private Response open(Request request, Room room, int end) {
        room.path.set(ValueLayout.JAVA_BYTE, end, (byte) 0);
        int fd = descriptors.open(room.path, FLAGS, 0);
        if (fd < 0) {
            return Response.status(status(-fd));
        }
        FileStatus status = room.status;
        boolean regular = status.read(descriptors, fd) && status.regular();
        if (!regular) {
            descriptors.close(fd);
            return status.folder() ? withSlash(request) : Response.status(404);
        }
        return serve(request, fd, status, ContentTypes.of(Ascii.string(room.path, 0, end)));
    }

    private static int status(int errno) {
        if (errno == Errno.EACCES || errno == Errno.EPERM) {
            return 403;
        }
        if (errno == Errno.EMFILE || errno == Errno.ENFILE) {
            return 503;
        }
        // Absent, behind something that is no folder, too long a name, a socket, a loop of links.
        return 404;
    }

    /**
     * A folder's own links would be wrong without the slash. Slashes at the beginning are reduced
     * to one: two would name another server.
     */
    private static Response withSlash(Request request) {
        String path = request.path();
        int first = 0;
        while (first < path.length() && path.charAt(first) == '/') {
            first++;
        }
        String query = request.query();
        String suffix = query == null ? "" : "?" + query;
        return Response.redirect(301, "/" + path.substring(first) + "/" + suffix);
    }

    private Response serve(Request request, int fd, FileStatus status, String type) {
        long size = status.size();
        String modified = HttpDate.format(status.modifiedSecond());
        if (unmodified(request, status.modifiedSecond())) {
            descriptors.close(fd);
            return Response.status(304).withHeader("Last-Modified", modified);
        }
        ByteRange range = range(request, modified, size);
        if (range == null) {
            return described(Response.file(type, fd, 0, size), modified);
        }
        if (range.length() == 0) {
            descriptors.close(fd);
            return Response.status(416).withHeader("Content-Range", "bytes */" + size);
        }
        long last = range.offset() + range.length() - 1;
        return described(Response.file(type, fd, range.offset(), range.length()), modified)
                .withStatus(206)
                .withHeader("Content-Range", "bytes " + range.offset() + "-" + last + "/" + size);
    }

    private static Response described(Response response, String modified) {
        return response.withHeader("Last-Modified", modified).withHeader("Accept-Ranges", "bytes");
    }

    /** RFC 9110 section 13.1.3: not asked where the client goes by entity tags. */
    private static boolean unmodified(Request request, long modifiedSecond) {
        String since = request.header("If-Modified-Since");
        return since != null
                && request.findField("If-None-Match") < 0
                && HttpDate.parse(since) >= modifiedSecond;
    }

    /** The range to send, or null for the whole file. */
    private static @Nullable ByteRange range(Request request, String modified, long size) {
        String range = request.is(Methods.GET) ? request.header("Range") : null;
        if (range == null) {
            return null;
        }
        String condition = request.header("If-Range");
        return condition == null || condition.equals(modified)
                ? ByteRange.parse(range, size)
                : null;
    }
}
