# shellcheck shell=bash disable=SC2154  # measure reads this, and has set scratch, seconds and port
# SPDX-License-Identifier: Apache-2.0
# What examples/bench/measure has to say about ways to accept: accept, mutex. Sourced by it.

# start_counted COUNT FLAG...: a server of worker processes that all serve.
start_counted() {
    local end=$((SECONDS + 60))
    start serve reactor "${ENGINE:-epoll}" --workers "$1" --control "$scratch/control" --heartbeat 200ms "${@:2}" ||
        fail "the server has not started: $(cat "$scratch/err")"
    until [ "$(cat "$scratch/out" "$scratch/err" | grep -c ' serves')" -ge "$1" ]; do
        [ $SECONDS -lt $end ] || fail 'the workers do not come up'
        sleep 0.1
    done
}

# Ticks of CPU that master and workers have used.
ticks_of_all() {
    local pid
    for pid in "$server" $(pgrep -P "$server"); do
        sed 's/.*) //' "/proc/$pid/stat"
    done | awk '{ sum += $12 + $13 } END { print sum }'
}

# What each worker has counted, a line each: slot, connections, wake-ups, empty ones, accepts that found nothing.
counted() {
    # Longer than a heartbeat, with which they tell.
    sleep 0.5
    taskset -c 1 ./ringfork ctl stats openmetrics --control "$scratch/control" | awk '
        /^ringfork_worker_.*_total/ { split($0, part, "\""); slots[part[2]]; sub(/{.*/, "", $1); sub(/ringfork_worker_/, "", $1)
            n[$1, part[2]] = $NF }
        END { for (s in slots) print s, n["accepted_total", s], n["wakeups_total", s], n["empty_wakeups_total", s], \
                n["empty_accepts_total", s] }' | sort -n
}

# spread BEFORE AFTER: fewest and most connections of a worker, Jain's index of fairness (1 is even, 1/n is all to one), and for
# each connection the wake-ups, those that were for nothing and the accepts that found nothing.
spread() {
    paste -d ' ' "$1" "$2" | awk '
        { x = $7 - $2; sum += x; squares += x * x; if (NR == 1 || x < least) least = x; if (x > most) most = x
          woken += $8 - $3; empty += $9 - $4; nothing += $10 - $5 }
        END { if (sum == 0) sum = squares = 1
              printf "%d to %d | %.3f | %.2f | %.2f | %.2f", least, most, sum * sum / (NR * squares), woken / sum, empty / sum, nothing / sum }'
}

# bars BEFORE AFTER TITLE: a bar for each worker.
bars() {
    printf '%s\n' "$3"
    paste -d ' ' "$1" "$2" | awk '
        { x[NR] = $7 - $2; if (x[NR] > most) most = x[NR] }
        END { for (i = 1; i <= NR; i++) { bar = ""; for (j = 0; j < x[i] * 40 / (most + 1); j++) bar = bar "#"
                printf "  worker %d %7d %s\n", i - 1, x[i], bar } }'
}

# one_load TITLE COMMAND...: columns of the table for a load, and its bars.
one_load() {
    local before requests after
    counted >"$scratch/before"
    before=$(ticks_of_all)
    requests=$("${@:2}")
    after=$(ticks_of_all)
    counted >"$scratch/after"
    bars "$scratch/before" "$scratch/after" "$1" >>"$scratch/bars"
    awk -v t=$((after - before)) -v n="$requests" 'BEGIN { if (n > 0) printf "%.1f", t * 10000 / n; else printf "-" }'
    printf ' | %s' "$(spread "$scratch/before" "$scratch/after")"
}

accept() {
    local count strategy each kept
    : >"$scratch/bars"
    echo '| workers | --accept | a connection each: µs of CPU | connections of a worker | fairness | wake-ups | empty | EAGAIN | 64 that stay: µs of CPU a request | connections of a worker | fairness |'
    echo '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |'
    for count in ${COUNTS:-2 8}; do
        for strategy in ${ACCEPTS:-shared exclusive mutex reuseport pass}; do
            start_counted "$count" --accept "$strategy"
            per_connection $((count * 1000)) >/dev/null
            each=$(one_load "$count workers, $strategy, a connection each" per_connection $((seconds * 4000)))
            kept=$(one_load "$count workers, $strategy, 64 connections that stay" keep_alive 64 "$seconds")
            echo "| $count | $strategy | $each | $(cut -d '|' -f 1-3 <<<"$kept")|"
            stop_workers
        done
    done
    printf '\n```\n'
    cat "$scratch/bars"
    printf '```\n'
}

stop_workers() {
    kill -TERM "$server"
    wait "$server" || fail "the server has ended with $?: $(tail -n 3 "$scratch/err")"
    server=
}

# The process that has the accept mutex of kind futex, 0 if none has: behind 128 bytes of header stands its pid.
owner_of_mutex() {
    local fd
    for fd in "/proc/$server/fd"/*; do
        if [[ $(readlink "$fd") == *ringfork-accept* ]]; then
            od -An -td4 -j128 -N4 "$fd" | tr -d ' '
            return
        fi
    done
}

mutex() {
    local kills=${KILLS:-1000} delay=${DELAY_MS:-500} owner killed gap i serving
    start_counted 3 --accept mutex --accept-mutex-delay "${delay}ms"
    : >"$scratch/gaps"
    for ((i = 0; i < kills; i++)); do
        owner=0
        until [ "$owner" -gt 0 ]; do owner=$(owner_of_mutex); done
        serving=$(cat "$scratch/out" "$scratch/err" | grep -c ' serves')
        killed=$(now_us)
        kill -KILL "$owner"
        curl -sf -m 30 -o /dev/null "http://127.0.0.1:$port/hello" || fail "nobody accepts after $i kills"
        gap=$((($(now_us) - killed) / 1000))
        echo $gap >>"$scratch/gaps"
        [ $gap -le "$delay" ] || note "kill $((i + 1)): answered after $gap ms"
        [ $(((i + 1) % 100)) -ne 0 ] || note "$((i + 1)) of $kills killed"
        until [ "$(cat "$scratch/out" "$scratch/err" | grep -c ' serves')" -gt "$serving" ]; do sleep 0.05; done
    done
    echo "| owners killed | --accept-mutex-delay | next answer after ms: median | 99 % | most | later than the delay |"
    echo '| --- | --- | --- | --- | --- | --- |'
    sort -n "$scratch/gaps" | awk -v d="$delay" '{ v[NR] = $1; late += $1 > d }
        END { printf "| %d | %d ms | %d | %d | %d | %d |\n", NR, d, v[int((NR + 1) / 2)], v[int(NR * 0.99 + 0.99)], v[NR], late }'
    stop_workers
}
