#!/usr/bin/env bash
# Runs every board build under qemu-user on the CPUs of real boards and compares with this machine, byte for byte:
# token ids, logits, digests and answers to every task, with every kernel that the CPU offers, 1 and 4 threads. A kernel
# that it lacks must be refused. Then 200 lines of the evaluation file on one CPU of each build, and memory (check-memory.sh).
#
# ITERATIONS=12 runs the PL-BERT-sized model with all its iterations of the shared layer (default 2: the same
# weights, a sixth of the time).
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

boards=dist/boards work=dist/check sample=samples/albert-tiny-sst2 albit=.build/release/albit
export boards work sample

# build, qemu, CPU, kernels that it must offer, evaluation lines that it answers
runs="
aarch64 aarch64 cortex-a53 scalar,neon -
aarch64 aarch64 cortex-a72 scalar,neon -
aarch64 aarch64 cortex-a76 scalar,neon,sdot 200
aarch64 aarch64 max        scalar,neon,sdot,smmla -
armv7   arm     cortex-a7  scalar,neon 200
armv6   arm     arm1176    scalar,armv6 200
riscv64 riscv64 rv64       scalar -
riscv64 riscv64 rv64,v=true,vlen=128 scalar,rvv -
riscv64 riscv64 rv64,v=true,vlen=256 scalar,rvv 200
"
# Every kernel of any CPU: those that a CPU does not offer must be refused there.
export kernels="scalar ssse3 avx2 avxvnni avx512vnni armv6 neon sdot smmla rvv"

[ -x "$albit" ] || { echo "albit: building the desktop's albit"; swift build -c release --product albit >/dev/null; }
rm -rf "$work"
mkdir -p "$work"

echo "albit: quantizing the sample, a model of PL-BERT's dimensions and one of ALBERT-base's"
quantize() { "$albit" quantize "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }
quantize "$sample" -o "$work/sample.gguf"
python3 Scripts/make-random-albert.py "$work/plbert" 178 128 768 2048 12 "${ITERATIONS:-2}"
quantize "$work/plbert" -o "$work/plbert.gguf" --preset plain
python3 Scripts/make-random-albert.py "$work/base" 30000 128 768 3072 12 12
quantize "$work/base" -o "$work/base.gguf" --preset plain
# One small model for each head, from the archive of the tests.
tar -xJf Tests/Data/zoo.tar.xz -C "$work"
small() { quantize "$work/zoo/safetensors/$1" --tokenizer "$work/zoo/tokenizers/$2" -o "$work/$3.gguf"; }
small bert-seqcls wordpiece-vocab.txt pair
small base-tokcls hf/tokenizer.json tag
small base-qa hf/tokenizer.json answer
small base-pretraining hf/tokenizer.json pretraining
small base-mc hf/tokenizer.json choose
small base-model hf/tokenizer.json embed
rm -r "$work/plbert" "$work/base" "$work/zoo"

# What everybody is compared with: the desktop's best kernel; its scalar kernel has to agree already.
Scripts/board-answers.sh "$work" scalar 1 "$albit" >"$work/expected"
Scripts/board-tasks.sh "$work" scalar 1 "$albit" >"$work/expected-tasks"
head -n 201 "$sample/eval.tsv" >"$work/evaluation.tsv"
tail -n 200 "$work/evaluation.tsv" | cut -f 1 >"$work/lines"
labels() { sed -n 's/.*"label": *"\([A-Z]*\)".*/\1/p'; }
"$albit" classify "$work/sample.gguf" --json <"$work/lines" | sed 's/, "kernel": "[a-z0-9]*"//' >"$work/expected-lines"
export -f labels

check() {
    local build=$1 qemu=$2 cpu=$3 required=$4 lines=$5 started=$SECONDS offered kernel threads code refused=""
    local program=("qemu-$qemu-static" -cpu "$cpu" "$boards/albit-board-$build")
    stop() { echo "check-boards: $build on $cpu: $*" >&2; exit 1; }
    offered=$("${program[@]}" --version | sed -n 's/.*kernels: \(.*\))/\1/p')
    offered=${offered//,/}
    for kernel in ${required//,/ }; do
        [[ " $offered " == *" $kernel "* ]] || stop "offers $offered, expected $kernel among them"
    done
    for kernel in $kernels; do
        if [[ " $offered " != *" $kernel "* ]]; then
            code=0
            "${program[@]}" encode "$work/sample.gguf" --ids "2 3" --kernel "$kernel" >/dev/null 2>"$work/$cpu-refusal" || code=$?
            [ "$code" -eq 2 ] || stop "--kernel $kernel gave exit code $code, expected 2: $(cat "$work/$cpu-refusal")"
            refused="$refused $kernel"
            continue
        fi
        for threads in 1 4; do
            Scripts/board-answers.sh "$work" "$kernel" "$threads" "${program[@]}" >"$work/$cpu-$kernel-$threads" ||
                stop "$kernel, $threads threads: failed"
            diff "$work/expected" "$work/$cpu-$kernel-$threads" >&2 ||
                stop "$kernel, $threads threads: other bytes than the desktop's (above)"
            Scripts/board-tasks.sh "$work" "$kernel" "$threads" "${program[@]}" >"$work/$cpu-$kernel-$threads-tasks" ||
                stop "$kernel, $threads threads: a task failed"
            diff "$work/expected-tasks" "$work/$cpu-$kernel-$threads-tasks" >&2 ||
                stop "$kernel, $threads threads: another answer to a task than the desktop's (above)"
        done
    done
    "${program[@]}" selftest "$work/sample.gguf" >/dev/null || stop "selftest fails"
    if [ "$lines" = - ]; then
        lines=""
    else
        "${program[@]}" classify "$work/sample.gguf" --json <"$work/lines" |
            sed 's/, "kernel": "[a-z0-9]*"//' >"$work/$cpu-lines"
        cmp "$work/expected-lines" "$work/$cpu-lines" || stop "other answers on the evaluation lines than the desktop's"
        lines=", $lines evaluation lines"
    fi
    echo "$build on $cpu: the desktop's bytes with $offered, 1 and 4 threads$lines; refuses$refused ($((SECONDS - started)) s)"
}
export -f check
printf '%s\n' "$runs" | grep . | xargs -P "$(nproc)" -I{} bash -euo pipefail -c 'check {}'

# The accuracy that follows from these lines, counted from the board's own answers.
tail -n 200 "$work/evaluation.tsv" | cut -f 2 | sed 's/1/POSITIVE/; s/0/NEGATIVE/' >"$work/truth"
labels <"$work/expected-lines" >"$work/said"
right=$(paste "$work/truth" "$work/said" | awk '$1 == $2 { n++ } END { print n + 0 }')
echo "accuracy on these 200 lines, on every board as on the desktop: $right of 200"

Scripts/check-memory.sh "$work" "$boards/albit-board-x86_64"

# Instructions a multiply-accumulate in the inner loops: what speed an emulator cannot show.
python3 Benchmarks/kernels/count-instructions.py
