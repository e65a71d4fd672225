# shellcheck shell=bash disable=SC2154  # measure reads this, and has set scratch
# SPDX-License-Identifier: Apache-2.0
# What examples/bench/measure says of servers with worker processes: spawn, loss and manifest.

# Reads what the server says until a line has the words, which it leaves in said.
await_line() {
    until [[ ${said:-} == *"$1"* ]]; do
        read -r -t 30 said <&3 || fail "the server has not said '$1'"
    done
}

now_us() {
    echo "${EPOCHREALTIME/./}"
}

# The workers, and neither a launcher nor a template.
workers_of_master() {
    ctl 'workers json' || fail 'the master does not answer'
    grep -o '"pid":[0-9]*' "$scratch/ctl.out" | cut -d : -f 2
}

# Memory of processes in MB: a page that several processes have counts once among them all.
pss() {
    local pid
    for pid in "$@"; do
        grep '^Pss:' "/proc/$pid/smaps_rollup"
    done | awk '{ sum += $2 } END { printf "%.1f", sum / 1024 }'
}

# Mean over processes, in ms, from fork or exec on.
mean_cpu() {
    local pid
    for pid in "$@"; do
        sed 's/.*) //' "/proc/$pid/stat"
    done | awk -v hertz="$(getconf CLK_TCK)" '{ sum += $12 + $13; n++ } END { printf "%d", sum * 1000 / hertz / n }'
}

# ctl REQUEST: what the master answers is in $scratch/ctl.out.
ctl() {
    # shellcheck disable=SC2086  # words on purpose
    timeout 120 ./ringfork ctl --control "$scratch/ctl" $1 >"$scratch/ctl.out" 2>&1
}

# serve_each REQUESTS: has each worker answer so many at least, with a connection each.
serve_each() {
    local least=0 i
    for ((i = 0; i < 50; i++)); do
        ab -q -n 4000 -c 64 "http://127.0.0.1:$port/" >"$scratch/ab" 2>&1 || fail 'ab was not answered'
        # They say how many at each heartbeat.
        sleep 0.3
        ctl 'workers json' || fail 'the master does not answer'
        least=$(grep -o '"requests":[0-9]*' "$scratch/ctl.out" | cut -d : -f 2 | sort -n | head -n 1)
        [ "$least" -lt "$1" ] || return 0
    done
    fail "a worker has answered $least requests only"
}

# spawn_once WAY: one line with the milliseconds to the first answer, to the last worker, to the successor of one that was
# killed, the CPU of a worker that has just come to be, and the memory of all workers when each has answered 2,000 requests, and
# of whatever they are forked from besides. A client that is there before the first worker waits in the queue of the listener.
spawn_once() {
    local begin first all killed again cpu memory total pid said='' workers=${WORKERS:-4} i
    rm -f "$scratch/says"
    mkfifo "$scratch/says"
    begin=$(now_us)
    ./ringfork serve --port 0 --workers "$workers" --spawn "$1" --control "$scratch/ctl" --heartbeat 200ms \
        >"$scratch/says" 2>&1 </dev/null &
    server=$!
    exec 3<"$scratch/says"
    await_line '(master, '
    port=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' <<<"$said")
    curl -sf -m 30 -o /dev/null "http://127.0.0.1:$port/hello" || fail 'no answer'
    first=$(now_us)
    for ((i = 0; i < workers; i++)); do
        said=
        await_line ' serves'
    done
    all=$(now_us)
    curl -sf -m 30 -o /dev/null "http://127.0.0.1:$port/hello" || fail 'no answer'
    # shellcheck disable=SC2046  # words on purpose
    cpu=$(mean_cpu $(workers_of_master))
    serve_each 2000
    # shellcheck disable=SC2046  # words on purpose
    memory=$(pss $(workers_of_master))
    # shellcheck disable=SC2046  # words on purpose
    total=$(pss $(pgrep -P "$server"))
    pid=$(sed -n 's/.*(pid \([0-9]*\)) serves.*/\1/p' <<<"$said")
    killed=$(now_us)
    kill -KILL "$pid"
    said=
    await_line ' serves'
    again=$(now_us)
    kill -TERM "$server"
    cat <&3 >/dev/null
    wait "$server" || fail "the server has ended with $?"
    server=
    exec 3<&-
    echo "$(((first - begin) / 1000)) $(((all - begin) / 1000)) $(((again - killed) / 1000)) $cpu $memory $total"
}

spawn() {
    local way cache numbers runs=${RUNS:-5} i
    echo "| --spawn | start-up cache | first answer ms | ${WORKERS:-4} workers ms | successor ms | CPU of a worker ms | PSS of the workers MB | with launcher or template MB |"
    echo '| --- | --- | --- | --- | --- | --- | --- | --- |'
    for cache in without with; do
        [ $cache = with ] && unset RINGFORK_JAVA_OPTS || export RINGFORK_JAVA_OPTS=-XX:AOTMode=off
        for way in exec cold warm; do
            : >"$scratch/runs"
            for ((i = 0; i < runs; i++)); do
                spawn_once $way >"$scratch/run"
                cat "$scratch/run" >>"$scratch/runs"
            done
            numbers=
            for i in 1 2 3 4 5 6; do
                # shellcheck disable=SC2046  # words on purpose
                numbers="$numbers | $(median $(cut -d ' ' -f $i "$scratch/runs"))"
            done
            echo "| $way | $cache$numbers |"
        done
    done
}

# note TEXT...: a line of progress, on standard error.
note() {
    printf 'measure: %s\n' "$*" >&2
}

# start_workers ACCEPT [FLAG...]: a server with workers, all of which serve; sets server and port. Fails if it does not come up.
start_workers() {
    local end=$((SECONDS + 60))
    mkdir -p "$scratch/root"
    : >"$scratch/says"
    ./ringfork serve --port 0 --workers "$workers" --accept "$1" --root "$scratch/root" --control "$scratch/ctl" "${@:2}" \
        >"$scratch/says" 2>&1 </dev/null &
    server=$!
    until [ "$(said ' serves$')" -ge "$workers" ]; do
        kill -0 "$server" 2>/dev/null && [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
    port=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$scratch/says" | head -n 1)
}

# said PATTERN: in how many lines the server has.
said() {
    grep -c "$1" "$scratch/says" || true
}

# await_said PATTERN COUNT: until it has been said so often, or it takes too long.
await_said() {
    local end=$((SECONDS + 60))
    until [ "$(said "$1")" -ge "$2" ]; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
}

# The workers that serve and have not ended, the oldest first. By their command, for a pid may have become another program's.
serving() {
    local pid
    sed -n 's/.*(pid \([0-9]*\)) serves$/\1/p' "$scratch/says" | while read -r pid; do
        ! grep -qzxF -e "$scratch/ctl" "/proc/$pid/cmdline" 2>/dev/null || echo "$pid"
    done
}

# The number of connections of the server that a process holds; those that wait to be accepted are nobody's.
held_by() {
    find "/proc/$1/fd" -lname 'socket:*' -printf '%l\n' | tr -dc '0-9\n' | sort >"$scratch/sockets"
    awk -v port=":$(printf '%04X' "$port")$" '$2 ~ port && $4 != "0A" { print $10 }' /proc/net/tcp |
        sort | comm -12 - "$scratch/sockets" | wc -l
}

meters=()
end_meters() {
    local pid
    for pid in "${meters[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${meters[@]}"; do wait "$pid" 2>/dev/null || true; done
    meters=()
}

# Clients that keep their connections and clients that do not, until end_meters; both have been answered when this returns.
begin_meters() {
    local kind end=$((SECONDS + 60))
    for kind in 1 100; do
        : >"$scratch/meter.$kind"
        ./ringfork loss --port "$port" --clients 4 --per-connection $kind --body 0,4k,64k --pause "${PAUSE:-5ms}" \
            --duration "$((most + 120))s" >"$scratch/meter.$kind" 2>&1 </dev/null &
        meters+=($!)
    done
    for kind in 1 100; do
        until grep -q 'answered [1-9]' "$scratch/meter.$kind"; do
            [ $SECONDS -lt $end ] || fail 'the clients are not answered'
            sleep 0.1
        done
    done
}

# The numbers of both meters added: answered, lost, refused, unanswered, cut, wrong, late, asked again.
tally() {
    local kind
    for kind in 1 100; do tail -n 1 "$scratch/meter.$kind"; done | sed 's/.*answered \([0-9]*, lost\)/answered \1/' | tr -d ',()' |
        awk '{ a += $2; l += $4; r += $6; u += $8; c += $10; w += $12; t += $14; g += $17 }
            END { print a, l, r, u, c, w, t, g }'
}

# timed NAME COMMAND...: one time of an event, and a line about it.
timed() {
    local name=$1 begin ms status=0 answered lost
    begin=$(now_us)
    "${@:2}" || status=$?
    ms=$((($(now_us) - begin) / 1000))
    times=$((times + 1))
    took+=("$ms")
    read -r answered lost _ < <(tally)
    if [ $status -ne 0 ]; then
        refused=$((refused + 1)) reason=$(tail -n 1 "$scratch/ctl.out" 2>/dev/null)
        note "$accept: $name $times FAILED after $ms ms: $reason"
    else
        note "$accept: $name $times in $ms ms; answered $answered, lost $lost"
    fi
}

# event NAME MAY_LOSE COMMAND...: has it done under load, if it is one of EVENTS, and prints a row; MAY_LOSE is none, held or refused.
event() {
    local name=$1 may=$2 remark= answered lost refusals unanswered cut wrong late again bad=
    local times=0 refused=0 reason= held=0 event_end=$((SECONDS + most))
    local -a took=()
    [[ $name =~ ${EVENTS:-.} ]] || return 0
    begin_meters
    "${@:3}"
    end_meters
    read -r answered lost refusals unanswered cut wrong late again < <(tally)
    case $may in
        none) [ "$lost" = 0 ] || bad=yes ;;
        held)
            remark="held $held"
            [ "$lost" -le "$held" ] || bad=yes
            ;;
        refused)
            # Nobody listens in the end.
            remark="$refusals refused in the end"
            lost=$((lost - refusals))
            [ "$lost" = 0 ] || bad=yes
            ;;
    esac
    [ "$lost" = 0 ] || remark="$remark unanswered $unanswered, cut $cut, wrong $wrong, late $late"
    [ "$refused" = 0 ] || { bad=yes; remark="$remark $refused of them failed: $reason"; }
    [ -z "$bad" ] || { failed=yes; remark="**BAD** $remark"; cp "$scratch/says" "${TMPDIR:-/tmp}/measure-loss-$accept-${name// /-}.log"; }
    echo "| $accept | $name | $times | $(median "${took[@]:-0}") | $answered | $lost | $again | $remark |"
}

# Whether there is time and cause for one time more.
more() {
    [ "$times" -lt "$rounds" ] && [ $SECONDS -lt "$event_end" ]
}

reloads() {
    while more; do timed reload ctl reload; done
}

reforks() {
    while more; do timed refork ctl refork; done
}

upgrade() {
    ctl upgrade || return 1
    server=$(timeout 60 ./ringfork ctl --control "$scratch/ctl" status | sed -n 's/^master \([0-9]*\).*/\1/p')
}

upgrades() {
    while more; do timed upgrade upgrade; done
}

# refused_to VERB: it must not be done, because what the workers are to serve is gone.
refused_to() {
    rmdir "$scratch/root"
    local status=0
    ctl "$1" || status=$?
    mkdir "$scratch/root"
    [ $status = 1 ]
}

failures_of() {
    local i
    for ((i = 0; i < 3; i++)); do timed "failed $1" refused_to "$1"; done
}

resized() {
    local serve ended
    serve=$(said ' serves$') ended=$(said ' has ended$')
    kill -TTIN "$server"
    await_said ' serves$' $((serve + 1)) || return 1
    kill -TTOU "$server"
    await_said ' has ended$' $((ended + 1))
}

churn() {
    while more; do timed 'TTIN, TTOU' resized; done
}

# Kills the oldest worker, which is stopped first so that what it holds can be counted.
kill_one() {
    local pid serve end=$((SECONDS + 60))
    until [ "$(serving | wc -l)" -ge "$workers" ]; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
    serve=$(said ' serves$')
    pid=$(serving | head -n 1)
    kill -STOP "$pid" || return 1
    until grep -q '^State:.*T' "/proc/$pid/status"; do
        [ $SECONDS -lt $end ] || return 1
    done
    held=$((held + $(held_by "$pid")))
    kill -KILL "$pid"
    await_said ' serves$' $((serve + 1))
}

kills() {
    while more; do
        timed 'kill -9' kill_one
        sleep 1
    done
}

# Each replacement is one time; the requests of the meters bring them about.
recyclings() {
    while more; do timed recycling await_said ' is replaced: ' $((times + 1)); done
}

end_server() {
    kill -TERM "$server"
    wait "$server"
    server=
}

drained() {
    timed 'TERM' end_server
}

# Runs the events of one way to accept, on servers of their own where they must not be in each other's way.
loss_of() {
    local accept=$1 spawn=${SPAWN:-exec}
    if ! start_workers "$accept" --spawn "$spawn"; then
        note "$accept: $(head -n 1 "$scratch/says")"
        echo "| $accept | not here | | | | | | $(head -n 1 "$scratch/says" | cut -c 1-80) |"
        stop
        return 0
    fi
    event reload none reloads
    [ "$spawn" != warm ] || event refork none reforks
    event 'failed reload' none failures_of reload
    event 'TTIN, TTOU' none churn
    event 'kill -9 of a worker' held kills
    event 'TERM' refused drained
    stop
    start_workers "$accept" --spawn "$spawn" --max-requests 200 --max-requests-jitter 50 --heartbeat 200ms || fail 'the server did not come up'
    event 'recycling' none recyclings
    stop
    start_workers "$accept" --spawn "$spawn" || fail 'the server did not come up'
    event upgrade none upgrades
    event 'failed upgrade' none failures_of upgrade
    stop
}

loss() {
    local rounds=${ROUNDS:-50} most=${MOST:-300} workers=${WORKERS:-2} failed= accept
    echo '| --accept | event | times | ms each | answered | lost | asked again | |'
    echo '| --- | --- | --- | --- | --- | --- | --- | --- |'
    for accept in ${ACCEPTS:-shared exclusive mutex reuseport pass}; do
        loss_of "$accept"
    done
    [ -z "$failed" ] || fail 'something was lost that must not be'
}

# The descriptors of process $1 by what they are, one a line; the pipe that it shares with its master $2 is the life-line. What a
# program that it starts would get, against our rules, is called open to children; the virtual machine's own files are not ours.
kinds() {
    local link fd what flags
    for link in "/proc/$1/fd"/*; do
        fd=${link##*/}
        what=$(readlink "$link") || continue
        flags=$(sed -n 's/^flags:\t*//p' "/proc/$1/fdinfo/$fd" 2>/dev/null) || continue
        [ "$fd" -gt 2 ] || { echo standard; continue; }
        case $what in
            socket:* | pipe:* | anon_inode:*) (((8#$flags & 8#2000000) != 0)) || printf 'open to children: ' ;;
        esac
        case $what in
            socket:*) if listens "$what"; then echo listener; else echo socket; fi ;;
            pipe:*) if shared_with "$2" "$what"; then echo life-line; else echo pipe; fi ;;
            anon_inode:*) echo "${what#anon_inode:}" | tr -d '[]' ;;
            /dev/shm/ringfork-scoreboard-*) echo scoreboard ;;
            /dev/shm/ringfork-accept-*) echo lock ;;
            /dev/null) echo reserve ;;
            /dev/random | /dev/urandom) echo random ;;
            *.jar | */lib/modules) echo classes ;;
            *) echo "$what" ;;
        esac
    done
}

# listens SOCKET: whether it is a listener of the server, as /proc shows both.
listens() {
    listening | grep -qx "$(tr -dc '0-9' <<<"$1")"
}

# The inodes of the server's listeners, by which there is one however many processes hold it.
listening() {
    awk -v port=":$(printf '%04X' "$port")$" '$2 ~ port && $4 == "0A" { print $10 }' /proc/net/tcp
}

shared_with() {
    find "/proc/$1/fd" -printf '%l\n' 2>/dev/null | grep -qxF "$2"
}

# What a worker has: handed over, then its own. Classes and random numbers are opened when they are needed.
declared() {
    printf '%s\n' listener socket life-line scoreboard standard standard standard
    printf '%s\n' pipe pipe eventpoll eventfd eventfd reserve
    [ "$1" != mutex ] || echo lock
}

# What is different from the declaration, by worker: + is too much, - is missing.
differences() {
    local pid
    declared "$1" | sort >"$scratch/declared"
    for pid in $(serving); do
        kinds "$pid" "$server" | grep -vx -e classes -e random | sort >"$scratch/kinds"
        { diff "$scratch/declared" "$scratch/kinds" || true; } | sed -n 's/^</-/p; s/^>/+/p'
    done | sort | uniq -c | sed 's/^ *//' | paste -sd ';' -
}

# The descriptors of the master that are not files, counted by what they are.
of_master() {
    kinds "$server" 0 | grep -vx -e classes -e random | sort | uniq -c | awk '{ $1 = $1; print }' | paste -sd ',' -
}

# Kills the master and sets gone to the milliseconds until all that it has started has ended, or 'never'.
await_orphans() {
    local pids begin end=$((SECONDS + 40)) pid alive=yes
    pids=$(pgrep -P "$server")
    begin=$(now_us)
    kill -KILL "$server"
    wait "$server" 2>/dev/null || true
    server=
    while [ -n "$alive" ]; do
        alive=
        for pid in $pids; do
            [ ! -d "/proc/$pid" ] || grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null || alive=yes
        done
        [ $SECONDS -lt $end ] || { gone=never; return 0; }
        sleep 0.01
    done
    gone=$((($(now_us) - begin) / 1000))
}

manifest_of() {
    local accept=$1 way=$2 before after listeners now upgraded heir= last different zombies gone i bad=
    start_workers "$accept" --spawn "$way" || { stop; note "$accept, $way: $(head -n 1 "$scratch/says")"; return 0; }
    different=$(differences "$accept")
    listeners=$(listening | wc -l) before=$(of_master)
    for ((i = 1; i <= rounds; i++)); do
        ctl reload || bad=yes
        note "$accept, $way: reload $i of $rounds"
        different+=$(differences "$accept")
    done
    after=$(of_master) now=$(listening | wc -l)
    for ((i = 1; i <= upgrades; i++)); do
        upgrade || bad=yes
        note "$accept, $way: upgrade $i of $upgrades"
        # What the first master has inherited from whoever started it, its heirs have not.
        [ $i -gt 1 ] || heir=$(of_master)
    done
    different+=$(differences "$accept")
    [ "$upgrades" = 0 ] || last=$(of_master)
    upgraded=$(listening | wc -l)
    zombies=$(ps --ppid "$server" -o stat= | grep -c Z || true)
    [ -z "$different" ] && [ "$listeners $listeners" = "$now $upgraded" ] && [ "$before $heir" = "$after $last" ] && [ "$zombies" = 0 ] || bad=yes
    await_orphans
    [ "$gone" != never ] || bad=yes
    [ -z "$bad" ] || failed=yes
    [ "$before" = "$after" ] || after="$before before, $after after"
    [ "$heir" = "$last" ] || after="$after; of the first heir $heir, of the last $last"
    echo "| $accept | $way | ${different:-as declared} | $listeners, $now, $upgraded | $after | $zombies | $gone | ${bad:+**BAD**} |"
}

manifest() {
    local rounds=${ROUNDS:-5} upgrades=${UPGRADES:-5} workers=${WORKERS:-2} failed= accept way
    echo "| --accept | --spawn | workers' descriptors | listeners, after $rounds reloads, after $upgrades upgrades | master's | zombies | gone ms after its kill | |"
    echo '| --- | --- | --- | --- | --- | --- | --- | --- |'
    for accept in ${ACCEPTS:-shared exclusive mutex reuseport pass}; do
        for way in exec cold; do
            manifest_of "$accept" "$way"
        done
    done
    [ -z "$failed" ] || fail 'something is not as it should be'
}
