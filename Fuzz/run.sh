#!/usr/bin/env bash
# Builds the fuzz targets with libFuzzer and AddressSanitizer and runs each for a time.
# usage: Fuzz/run.sh [SECONDS [TARGET...]]     in the root of the repository; results in .build-fuzz/
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-300}
shift || true

build=.build-fuzz
clang=$(dirname "$(dirname "$(realpath "$(command -v swift)")")")/lib/clang
runtime=$(ls "$clang"/*/lib/linux/libclang_rt.fuzzer_no_main-"$(uname -m)".a 2>/dev/null | tail -n 1 || true)
if [[ -z $runtime ]]; then
    echo "fuzz: this Swift toolchain has no libFuzzer (libclang_rt.fuzzer_no_main); use one from swift.org" >&2
    exit 4
fi

# Coverage of every edge, comparisons traced; release mode keeps Swift's own checks.
export ALBIT_FUZZ=1
coverage=edge,inline-8bit-counters,pc-table,trace-cmp,indirect-calls
nice swift build -c release --sanitize=address --scratch-path "$build" --product albit-fuzz \
    -Xswiftc "-sanitize-coverage=$coverage" -Xcc "-fsanitize=fuzzer-no-link,address" \
    -Xswiftc -use-ld=lld -Xlinker "$runtime" -Xlinker -lstdc++
fuzz=$build/release/albit-fuzz

# Swift's own backtracer would wait for a debugger; ASan keeps little of what was freed, so that memory means something.
export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=quarantine_size_mb=8:detect_leaks=0:allocator_may_return_null=1
if [[ ! -d $build/seeds ]]; then
    mkdir -p "$build/unpacked"
    tar xJf Tests/Data/zoo.tar.xz -C "$build/unpacked"
    "$fuzz" seeds "$build/unpacked/zoo" samples "$build/seeds"
fi

mapfile -t known < <("$fuzz" targets)
targets=("$@")
[[ ${#targets[@]} -gt 0 ]] || targets=("${known[@]}")
for target in "${targets[@]}"; do
    [[ " ${known[*]} " == *" $target "* ]] || { echo "fuzz: no target $target; there are ${known[*]}" >&2; exit 2; }
done
failed=()
for target in "${targets[@]}"; do
    mkdir -p "$build/corpus/$target" "$build/finds/$target" "$build/logs" Fuzz/Corpus/"$target"
    printf '== %-18s ' "$target"
    if nice -n 10 "$fuzz" fuzz "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb="${RSS_LIMIT:-256}" -malloc_limit_mb=256 \
        -print_final_stats=1 -artifact_prefix="$build/finds/$target/" \
        "$build/corpus/$target" "$build/seeds/$target" Fuzz/Corpus/"$target" >"$build/logs/$target" 2>&1; then
        result=clean
    else
        result=FOUND
        failed+=("$target")
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/logs/$target")
    peak=$(sed -n 's/^stat::peak_rss_mb: *//p' "$build/logs/$target")
    edges=$(grep -o 'cov: [0-9]*' "$build/logs/$target" | tail -n 1 | cut -d' ' -f2)
    echo "$result, ${executions:-?} executions, ${edges:-?} edges, peak ${peak:-?} MB"
done
if [[ ${#failed[@]} -gt 0 ]]; then
    echo "fuzz: finds in ${failed[*]}; see $build/finds/ and $build/logs/, replay with: $fuzz run TARGET FILE" >&2
    exit 1
fi
