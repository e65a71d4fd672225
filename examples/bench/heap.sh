# shellcheck shell=bash disable=SC2154  # measure reads this, and has set scratch
# SPDX-License-Identifier: Apache-2.0
# What examples/bench/measure says of workers that have a heap of some size: heap.

# answer_ms PID: kills the only worker, asks at once, and prints when the successor has answered. Who asks waits in the queue of
# the listener, which is the master's.
answer_ms() {
    local begin line
    begin=$(now_us)
    kill -KILL "$1"
    exec 5<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET /hello HTTP/1.1\r\nHost: heap\r\nConnection: close\r\n\r\n' >&5
    read -r -t 60 line <&5 || fail 'the successor has not answered'
    echo "$(($(now_us) - begin))"
    exec 5>&-
    [[ $line == *' 200 '* ]] || fail "the successor has answered '$line'"
}

# successors WAY: the microseconds of RUNS answers, one a line.
successors() {
    local i pid
    workers=1 start_workers shared --spawn "$1" --ballast "${LIVE:-200m}" || fail "it does not come up: $(cat "$scratch/says")"
    for ((i = 0; i < ${RUNS:-5}; i++)); do
        until [ "$(serving | wc -l)" = 1 ]; do sleep 0.05; done
        # What it has not finished, compiling for instance, is not for its successor to wait for.
        sleep 1
        pid=$(serving)
        answer_ms "$pid"
    done
    stop_workers
}

# memory_now: MB of the workers, and with what they are forked from.
memory_now() {
    # shellcheck disable=SC2046  # words on purpose
    printf ' %s %s' "$(pss $(workers_of_master))" "$(pss $(pgrep -P "$server"))"
}

# memories WAY: the same when each has answered, has answered 2,000 requests, and after a full collection of each.
memories() {
    local pid
    workers=${WORKERS:-4} start_workers shared --spawn "$1" --ballast "${LIVE:-200m}" || fail "it does not come up: $(cat "$scratch/says")"
    serve_each 1
    memory_now
    serve_each 2000
    memory_now
    for pid in $(workers_of_master); do
        "$jcmd" "$pid" GC.run >"$scratch/gc" 2>&1 || fail "no full collection in $pid: $(cat "$scratch/gc")"
    done
    memory_now
    stop_workers
}

# Of microseconds, one a line: the least, the median and the most, in ms.
spread_ms() {
    sort -n | awk '{ t[NR] = $1 / 1000 } END { printf "%.0f | %.0f | %.0f", t[1], t[int((NR + 1) / 2)], t[NR] }'
}

# heap_row WAY CACHE
heap_row() {
    local first times
    note "$1, $2 start-up cache"
    # A process for each connection: who asks waits for a process to come to be, and for none to go.
    connections_row 0 '' --architecture fork-per-connection --workers 8 --min-spare 0 --spawn "$1" \
        --ballast "${LIVE:-200m}" --control "$scratch/ctl" >"$scratch/row"
    first=$(awk '{ print $1 * 1000000 }' "$scratch/runs" | spread_ms)
    successors "$1" >"$scratch/runs"
    times=$(spread_ms <"$scratch/runs")
    # In this shell: what it starts is ended also when it fails.
    memories "$1" >"$scratch/memory"
    echo "| $1 | $2 | $first | $times$(sed 's/ / | /g' "$scratch/memory") |" | tee -a "$scratch/rows"
}

# The medians and the memory of the rows, as bars.
draw_rows() {
    local workers=${WORKERS:-4}
    awk -F ' *[|] *' -v workers="$workers" '
        { way = $2 ", " $3 " cache" }
        { print "1|from a connection to the answer of a process made for it, ms (median)|" way "|" $5 }
        { print "2|from the kill of a worker to the next answer, ms (median)|" way "|" $8 }
        { print "3|memory of " workers " workers (PSS) after 2,000 requests each, MB|" way "|" $12 }
        { print "4|the same after a full collection of each, MB|" way "|" $14 }' "$scratch/rows" |
        sort -t '|' -s -k 1,1 | cut -d '|' -f 2- | awk -f examples/bench/bars.awk
}

heap() {
    local live=${LIVE:-200m} collector=${COLLECTOR:-G1} jcmd base
    jcmd=$(dirname "$(readlink -f "$(./mvnw --jdk)/bin/java")")/jcmd
    base="-XX:+Use${collector}GC -Xms${HEAP:-600m} -Xmx${HEAP:-600m} -Xmn${YOUNG:-64m}"
    echo "| --spawn | start-up cache | connection to answer of a process of its own, ms: least | median | most | kill to next answer, ms: least | median | most | PSS of ${WORKERS:-4} workers, first answers MB | with template MB | 2,000 answers each MB | with template MB | full collection each MB | with template MB |"
    echo '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |'
    export RINGFORK_JAVA_OPTS="$base -XX:AOTMode=off"
    heap_row exec without
    export RINGFORK_JAVA_OPTS=$base
    heap_row exec with
    heap_row cold with
    heap_row warm with
    note "$live live in each, $collector, $base"
    [ -z "${SVG:-}" ] || draw_rows >"$SVG"
}
