// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

enum { CHUNK = 65536 };

void bench_connect(int *sender, int *receiver)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof place;
    int listener = (int)CHECK(socket(AF_INET, SOCK_STREAM, 0));
    CHECK(bind(listener, (struct sockaddr *)&place, sizeof place));
    CHECK(listen(listener, 1));
    CHECK(getsockname(listener, (struct sockaddr *)&place, &length));
    *receiver = (int)CHECK(socket(AF_INET, SOCK_STREAM, 0));
    CHECK(connect(*receiver, (struct sockaddr *)&place, sizeof place));
    *sender = (int)CHECK(accept(listener, NULL, NULL));
    CHECK(close(listener));
}

long bench_again(long result, const char *what)
{
    return result < 0 && errno == EAGAIN ? 0 : bench_check(result, what);
}

long bench_drain(int receiver)
{
    return bench_again(recv(receiver, NULL, CHUNK, MSG_TRUNC | MSG_DONTWAIT), "recv");
}
