#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What runs while the threads of a process stand still may call nothing of the C library: of what
# the objects name and do not have, the rest is in src/fork.
set -eu

objects=${RF_BARE_OBJECTS:-}
[ -n "$objects" ] || {
    echo "processes are forked with their threads on Linux only"
    exit 77
}
nm=${RF_NM:?names no command that lists symbols}
nm=${nm%% *}
command -v "$nm" >/dev/null || {
    echo "no $nm to list symbols with"
    exit 77
}
# The folder is a variable of the Makefile, and its names have no blanks.
# shellcheck disable=SC2086
named=$($nm -u $objects | awk '$1 == "U" { print $2 }' | sort -u)
foreign=$(echo "$named" | grep -v -e '^rf_' -e '^_GLOBAL_OFFSET_TABLE_$' || :)

[ -n "$named" ]
[ -z "$foreign" ] || {
    printf 'called from src/fork/bare:\n%s\n' "$foreign"
    exit 1
}
