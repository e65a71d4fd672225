#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
set -eu

nm=${RF_NM:?names no command that lists exported symbols}
command -v "${nm%% *}" >/dev/null || {
    echo "no ${nm%% *} to list the exported symbols with"
    exit 77
}
wanted=$(sed -n 's/^ *\([A-Za-z0-9_]*\);$/\1/p' "${RF_MAP:?}" | sort)
case $(uname -s) in
    Darwin) wanted=$(echo "$wanted" | grep -v -e '^rf_fork' -e syscall) ;;
esac
# Of each line the name: without the version that Linux appends and the underscore that macOS
# prepends. The map's own version symbol is absolute, and no function.
found=$($nm "${RF_LIBRARY:?}" |
    awk '$2 != "A" { sub(/@.*/, "", $3); sub(/^_/, "", $3); print $3 }' | sort)

[ -n "$wanted" ]
[ "$found" = "$wanted" ] || {
    printf 'exported:\n%s\nthe map says:\n%s\n' "$found" "$wanted"
    exit 1
}
