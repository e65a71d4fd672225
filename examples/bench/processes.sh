# shellcheck shell=bash disable=SC2154  # measure reads this, and has set scratch
# SPDX-License-Identifier: Apache-2.0
# What examples/bench/measure says of servers with a process for each connection: per-connection.

# Until there are so many workers, and all of them wait for a connection.
await_spare() {
    local end=$((SECONDS + 60))
    until ctl 'workers json' && [ "$(grep -o '"slot"' "$scratch/ctl.out" | wc -l)" = "$1" ] &&
        [ "$(grep -o '"state":"spare"' "$scratch/ctl.out" | wc -l)" = "$1" ]; do
        [ $SECONDS -lt $end ] || fail "there are not $1 spare workers: $(cat "$scratch/ctl.out")"
        sleep 0.1
    done
}

# Milliseconds of CPU of the server, of its launcher, and of all that they have started and that has ended.
cpu_of_all() {
    local pid
    for pid in "$server" $(pgrep -P "$server" ringfork-launch); do
        sed 's/.*) //' "/proc/$pid/stat"
    done | awk -v hertz="$(getconf CLK_TCK)" '{ sum += $12 + $13 + $14 + $15 } END { printf "%d", sum * 1000 / hertz }'
}

# one_after_another SPARE: connects so often; leaves milliseconds to the first byte of each answer in $scratch/runs.
one_after_another() {
    local i
    : >"$scratch/runs"
    for ((i = 0; i < ${RUNS:-5}; i++)); do
        [ "$1" = - ] || await_spare "$1"
        # Who has asked the master is a virtual machine that ends: not beside the next connection.
        sleep 0.5
        curl -sSf -m 60 -o /dev/null -w '%{time_starttransfer}\n' "http://127.0.0.1:$port/hello" >>"$scratch/runs" ||
            fail 'no answer'
    done
    [ "$1" = - ] || await_spare "$1"
}

# connections_row SPARE NAME FLAG...: a row of the table; SPARE is - where there are no processes.
connections_row() {
    local spare=$1 name=$2 before cpu end=$((SECONDS + 60))
    : >"$scratch/out"
    ./ringfork serve --port 0 "${@:3}" >"$scratch/out" 2>&1 </dev/null &
    server=$!
    until grep -q '127\.0\.0\.1:' "$scratch/out"; do
        kill -0 "$server" 2>/dev/null && [ $SECONDS -lt $end ] || fail "it does not come up: $(cat "$scratch/out")"
        sleep 0.1
    done
    port=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$scratch/out" | head -n 1)
    # What the master runs through is loaded by the first ones, which do not count.
    RUNS=2 one_after_another "$spare"
    before=$(cpu_of_all)
    one_after_another "$spare"
    cpu=$((($(cpu_of_all) - before) / ${RUNS:-5}))
    # shellcheck disable=SC2046  # numbers on purpose
    echo "$name | $(median $(awk '{ printf "%.0f ", $1 * 1000 }' "$scratch/runs")) | $cpu |"
    kill -TERM "$server"
    wait "$server" || fail "the server has ended with $?"
    server=
}

processes() {
    local way cache spare
    echo '| | start-up cache | spare | connect to first answer ms | CPU of a connection ms |'
    echo '| --- | --- | --- | --- | --- |'
    connections_row - '| thread-per-connection | with | ' --architecture thread-per-connection
    for cache in without with; do
        [ $cache = with ] && unset RINGFORK_JAVA_OPTS || export RINGFORK_JAVA_OPTS=-XX:AOTMode=off
        for way in exec cold; do
            for spare in 0 2; do
                connections_row $spare "| $way | $cache | $spare" --architecture fork-per-connection --workers 8 \
                    --min-spare $spare --spawn $way --control "$scratch/ctl"
            done
        done
    done
}
