#!/usr/bin/env bash
# A fuzzing campaign in the background, at lowest priority: slices of time go to the targets that still find edges.
# usage: Fuzz/campaign.sh run [SLICE_SECONDS]   until it is stopped; state and corpora in .build-fuzz/campaign/
#        Fuzz/campaign.sh status                a table of what each target has had and found
#        Fuzz/campaign.sh pause | resume        SIGSTOP and SIGCONT, for as long as speed is measured
#        Fuzz/campaign.sh minimize              merges each corpus to the inputs that add edges
# A target rests after 15 minutes of processor time without a new edge, and is taken up again when all others rest.
set -euo pipefail
cd "$(dirname "$0")/.."
build=.build-fuzz
fuzz=$build/release/albit-fuzz
state=$build/campaign
rest=900

export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=quarantine_size_mb=8:detect_leaks=0:allocator_may_return_null=1

# One file per target: processor seconds, executions, edges, seconds since the last new edge, finds, new edges of the
# last slice, peak memory in MB.
load() {
    seconds=0 executions=0 edges=0 idle=0 finds=0 fresh=1 peak=0
    # shellcheck disable=SC1090
    [[ ! -f $state/$1 ]] || source "$state/$1"
}
store() {
    printf 'seconds=%s executions=%s edges=%s idle=%s finds=%s fresh=%s peak=%s\n' \
        "$seconds" "$executions" "$edges" "$idle" "$finds" "$fresh" "$peak" >"$state/$1.new"
    mv "$state/$1.new" "$state/$1"
}

# The target with most new edges in its last slice among those that do not rest; of equals, the one with least time.
choose() {
    local best="" most=-1 least=0 target
    for target in "${targets[@]}"; do
        load "$target"
        ((idle < rest)) || continue
        if ((fresh > most || (fresh == most && seconds < least))); then
            best=$target most=$fresh least=$seconds
        fi
    done
    chosen=$best
}

slice() {
    local target=$1 log=$state/log.$1 status=0 before after now
    mkdir -p "$build/corpus/$target" "$build/finds/$target" "$build/seeds/$target" "Fuzz/Corpus/$target"
    before=$(find "$build/finds/$target" -type f | wc -l)
    TIMEFORMAT='%U %S'
    # shellcheck disable=SC2046
    { time nice -n 19 "$fuzz" fuzz "$target" -max_total_time="$2" -timeout=30 -rss_limit_mb="${RSS_LIMIT:-512}" \
        -malloc_limit_mb=256 -print_final_stats=1 -artifact_prefix="$build/finds/$target/" \
        "$build/corpus/$target" "$build/seeds/$target" "Fuzz/Corpus/$target" \
        $([[ ! -f Fuzz/Dictionaries/$target ]] || echo "-dict=Fuzz/Dictionaries/$target") >"$log" 2>&1; } \
        2>"$state/time" || status=$?
    ((status < 128)) || exit "$status"
    load "$target"
    now=$(awk '{ print int($1 + $2 + 1) }' "$state/time")
    after=$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
    seconds=$((seconds + now)) fresh=$((${after:-0} > edges ? ${after:-0} - edges : 0))
    ((fresh == 0)) && idle=$((idle + now)) || idle=0
    edges=$((edges + fresh))
    executions=$((executions + $(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | grep . || echo 0)))
    now=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")
    peak=$((${now:-0} > peak ? ${now:-0} : peak))
    finds=$((finds + $(find "$build/finds/$target" -type f | wc -l) - before))
    store "$target"
    ((status == 0)) || echo "$(date +%H:%M) $target: a find, see $build/finds/$target/ and $log"
}

run() {
    mkdir -p "$state"
    echo $$ >"$state/pid"
    # Where the kernel groups processes by session, `nice` counts inside a group only: the group has a value of its own.
    { echo 19 >/proc/self/autogroup; } 2>/dev/null || true
    mapfile -t targets < <("$fuzz" targets)
    while true; do
        choose
        if [[ -z $chosen ]]; then
            for target in "${targets[@]}"; do
                load "$target"
                idle=0 fresh=1
                store "$target"
            done
            continue
        fi
        slice "$chosen" "$1"
    done
}

status() {
    local total=0 target
    printf '%-20s %8s %12s %7s %6s %6s %6s\n' target seconds executions edges idle finds "MB"
    for target in $("$fuzz" targets); do
        load "$target"
        printf '%-20s %8d %12d %7d %6d %6d %6d\n' "$target" "$seconds" "$executions" "$edges" "$idle" "$finds" "$peak"
        total=$((total + seconds))
    done
    printf '%s processor seconds in all (%s hours)\n' "$total" "$(awk "BEGIN { printf \"%.2f\", $total / 3600 }")"
}

# The loop and the slice that runs.
signal() {
    local pid
    pid=$(cat "$state/pid")
    kill "-$1" "$pid" $(pgrep -P "$pid" -f albit-fuzz || true) $(pgrep -f "$fuzz fuzz" || true)
}

minimize() {
    local target
    for target in $("$fuzz" targets); do
        [[ -d $build/corpus/$target ]] || continue
        rm -rf "$state/merged" && mkdir -p "$state/merged"
        nice -n 19 "$fuzz" fuzz "$target" -merge=1 -rss_limit_mb=1024 "$state/merged" "$build/corpus/$target" \
            >"$state/log.merge" 2>&1 || { echo "$target: not merged, see $state/log.merge"; continue; }
        echo "$target: $(find "$build/corpus/$target" -type f | wc -l) -> $(find "$state/merged" -type f | wc -l)"
        rm -rf "$build/corpus/$target" && mv "$state/merged" "$build/corpus/$target"
    done
}

[[ -x $fuzz ]] || { echo "campaign: Fuzz/run.sh 1 json builds the program first" >&2; exit 2; }
case "${1:-}" in
    run)
        [[ -n ${ALBIT_CAMPAIGN:-} ]] || ALBIT_CAMPAIGN=1 exec setsid --wait "$0" "$@"
        run "${2:-60}"
        ;;
    status) status ;;
    pause) signal STOP ;;
    resume) signal CONT ;;
    minimize) minimize ;;
    *) sed -n '2,6s/^# //p' "$0" >&2; exit 2 ;;
esac
