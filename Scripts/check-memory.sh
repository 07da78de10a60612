#!/usr/bin/env bash
# Memory of the static x86-64 build: check-memory.sh MODELS PROGRAM
# ALBERT-base's dimensions at S = 128 within 64 MB of address space, and serve-lines over 100,000 requests.
set -euo pipefail
export LC_ALL=C
models=$1 program=$2
stop() { echo "check-memory: $*" >&2; exit 1; }
number() { sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p"; }

# The largest value that RssAnon has while a process lives, read every 10 ms.
watch_anonymous() {
    local largest=0 now
    while now=$(awk '/^RssAnon:/ { print $2 }' "/proc/$1/status" 2>/dev/null) && [ -n "$now" ]; do
        [ "$now" -le "$largest" ] || largest=$now
        sleep 0.01
    done
    echo "$largest"
}

(ulimit -v 65536 && exec "$program" bench "$models/base.gguf" --sequence 128 --threads 1 --seconds 3 --json) \
    >"$models/bench.json" 2>"$models/bench.errors" &
process=$!
anonymous=$(watch_anonymous "$process")
wait "$process" || stop "bench failed within 64 MB of address space: $(cat "$models/bench.errors")"
peak=$(number peakRssKiB <"$models/bench.json")
echo "ALBERT-base's dimensions, S = 128, 1 thread, ulimit -v 65536: peak RSS $peak KiB, peak anonymous $anonymous KiB"
[ "$peak" -le 16384 ] || stop "peak RSS is $peak KiB, at most 16384 are allowed"
[ "$anonymous" -le 4096 ] || stop "peak anonymous memory is $anonymous KiB, at most 4096 are allowed"
code=0
(ulimit -v 8192 && "$program" encode "$models/base.gguf" --ids "2 3") >/dev/null 2>"$models/refusal" || code=$?
[ "$code" -eq 4 ] || stop "a model that can't be mapped gave exit code $code, expected 4: $(cat "$models/refusal")"

# A device asks and asks: memory after 10,000 and after 100,000 requests, then SIGTERM.
requests=$(mktemp -u "$models/requests.XXXX") answers=$(mktemp "$models/answers.XXXX")
mkfifo "$requests"
"$program" serve-lines "$models/sample.gguf" --threads 1 <"$requests" >"$answers" &
process=$!
trap 'kill "$process" 2>/dev/null || true; rm -f "$requests" "$answers"' EXIT
exec 3>"$requests"
ask() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print i % 3 == 0 ? "{\"text\": \"request " i "\"}" : "a request, number " i }' >&3; }
wait_for() {
    local waited=0
    while [ "$(wc -l <"$answers")" -lt "$1" ]; do
        kill -0 "$process" 2>/dev/null || stop "serve-lines ended early"
        waited=$((waited + 1))
        [ "$waited" -lt 3000 ] || stop "serve-lines has answered $(wc -l <"$answers") of $1 requests after 10 minutes"
        sleep 0.2
    done
}
memory() { awk '/^RssAnon:/ { print $2 }' "/proc/$process/status"; }
ask 10000; wait_for 10000; first=$(memory)
ask 90000; wait_for 100000; last=$(memory)
echo "serve-lines: $first KiB anonymous after 10,000 requests, $last KiB after 100,000"
# A few pages either way are the allocator's; a leak of one byte a request would be 88 KiB.
[ "$last" -le $((first + 32)) ] || stop "serve-lines grew from $first to $last KiB"
kill -TERM "$process"
code=0
wait "$process" || code=$?
[ "$code" -eq 0 ] || stop "serve-lines ended with exit code $code after SIGTERM, expected 0"
