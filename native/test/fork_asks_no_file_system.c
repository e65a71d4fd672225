// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { ROOT = FUSE_ROOT_ID, FILE_NODE = 2, REQUEST_BYTES = 64 * 1024 };

static int device;

static void answer(uint64_t unique, int error, const void *data, size_t bytes)
{
    char reply[512];
    struct fuse_out_header header = {.unique = unique, .error = error};

    EXPECT(sizeof header + bytes <= sizeof reply);
    header.len = (uint32_t)(sizeof header + bytes);
    memcpy(reply, &header, sizeof header);
    if (bytes > 0) {
        memcpy(reply + sizeof header, data, bytes);
    }
    // Who asked may be gone.
    EXPECT(write(device, reply, header.len) == (ssize_t)header.len || errno == ENOENT);
}

static struct fuse_attr describe(uint64_t node)
{
    return (struct fuse_attr){.ino = node,
                              .size = 3,
                              .mode = node == ROOT ? S_IFDIR | 0755 : S_IFREG | 0644,
                              .nlink = 1};
}

// Whatever is told is valid for no time at all, so that it is asked for again.
static void serve(const struct fuse_in_header *request)
{
    struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION,
                                 .minor = FUSE_KERNEL_MINOR_VERSION,
                                 .max_write = 4096};
    struct fuse_attr_out attributes = {.attr = describe(request->nodeid)};
    struct fuse_entry_out entry = {.nodeid = FILE_NODE, .attr = describe(FILE_NODE)};
    struct fuse_open_out opened = {.fh = 1};

    switch (request->opcode) {
    case FUSE_INIT:
        answer(request->unique, 0, &init, sizeof init);
        break;
    case FUSE_GETATTR:
        answer(request->unique, 0, &attributes, sizeof attributes);
        break;
    case FUSE_LOOKUP:
        answer(request->unique, 0, &entry, sizeof entry);
        break;
    case FUSE_OPEN:
        answer(request->unique, 0, &opened, sizeof opened);
        break;
    case FUSE_RELEASE:
        answer(request->unique, 0, NULL, 0);
        break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
        break;
    default:
        // Above all no FUSE_FLUSH, which a process would wait for at its end.
        answer(request->unique, -ENOSYS, NULL, 0);
        break;
    }
}

static void *serve_all(void *argument)
{
    static _Alignas(8) char bytes[REQUEST_BYTES];

    for (;;) {
        ssize_t count = read(device, bytes, sizeof bytes);
        if (count > 0) {
            serve((const struct fuse_in_header *)(const void *)bytes);
        } else if (errno != EINTR && errno != ENOENT) {
            return argument;
        }
    }
}

static bool mount_served(const char *folder)
{
    char options[128];

    device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
    return device >= 0 && unshare(CLONE_NEWNS) == 0
           && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
           && mount("ringfork", folder, "fuse", MS_NOSUID | MS_NODEV, options) == 0;
}

static int open_file(const char *folder)
{
    char path[64];

    snprintf(path, sizeof path, "%s/file", folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    EXPECT(fd >= 0);
    return fd;
}

int main(void)
{
    char folder[] = "/tmp/ringfork-served-XXXXXX";
    pthread_t server;
    struct rf_fork_result result;

    EXPECT(mkdtemp(folder) != NULL);
    bool mounted = geteuid() == 0 && mount_served(folder);
    if (!mounted) {
        EXPECT_EQ(rmdir(folder), 0);
        return skip("no file system may be mounted here");
    }
    FORKABLE();
    start_thread(&server, serve_all, NULL);
    // The kernel learns that there is nothing to flush.
    EXPECT_EQ(close(open_file(folder)), 0);
    int fd = open_file(folder);
    // Its server stands with the others while it is found out what this is.
    if (fork_plainly(&result) == 0) {
        finish();
    }
    expect_ok(&result);
    EXPECT_EQ(result.files_shared, 0);
    EXPECT(result.files >= 1);
    EXPECT_EQ(close(fd), 0);
    EXPECT_EQ(umount2(folder, MNT_DETACH), 0);
    EXPECT_EQ(rmdir(folder), 0);
    finish();
}

#endif
