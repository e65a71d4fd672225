// SPDX-License-Identifier: Apache-2.0
//
// Sockets as they come and go.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench.h"

static int listener;
static struct sockaddr_un place;

static void unblock(int fd)
{
    CHECK(fcntl(fd, F_SETFL, O_NONBLOCK));
}

static void open_tcp(long size)
{
    (void)size;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    listener = (int)CHECK(socket(AF_INET, SOCK_STREAM, 0));
    CHECK(bind(listener, (struct sockaddr *)&any, sizeof any));
    CHECK(listen(listener, 8));
    unblock(listener);
}

static void close_tcp(void)
{
    close(listener);
}

static void open_unix(long size)
{
    (void)size;
    place.sun_family = AF_UNIX;
    snprintf(place.sun_path, sizeof place.sun_path, "/tmp/ringfork-bench-%ld.sock", (long)getpid());
    listener = (int)CHECK(socket(AF_UNIX, SOCK_STREAM, 0));
    CHECK(bind(listener, (struct sockaddr *)&place, sizeof place));
    CHECK(listen(listener, 8));
    unblock(listener);
}

static void close_unix(void)
{
    close(listener);
    unlink(place.sun_path);
}

static int take(void)
{
#ifdef __linux__
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
    return accept(listener, NULL, NULL);
#endif
}

static void find_nobody(void)
{
    if (take() >= 0 || errno != EAGAIN) {
        bench_fail("accept of nobody");
    }
}

static void find_client(void)
{
    int client = (int)CHECK(socket(AF_UNIX, SOCK_STREAM, 0));
    CHECK(connect(client, (struct sockaddr *)&place, sizeof place));
    CHECK(close((int)CHECK(take())));
    CHECK(close(client));
}

static void come_and_go(void)
{
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    CHECK(close(ends[0]));
    CHECK(close(ends[1]));
}

static void nothing(long size)
{
    (void)size;
}

static void nothing_to_close(void)
{
}

LOOP(miss, find_nobody())
LOOP(hit, find_client())
LOOP(pair, come_and_go())

const struct bench_row bench_socket_rows[] = {
    {"accept.miss", 0, open_tcp, miss, close_tcp, false},
    {"accept.connectAcceptClose", 0, open_unix, hit, close_unix, false},
    {"accept.socketpairClose", 0, nothing, pair, nothing_to_close, false},
    {.key = NULL},
};
