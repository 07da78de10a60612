#!/bin/sh
# What has to be the same bytes on every machine: board-answers.sh MODELS KERNEL THREADS PROGRAM...
# PROGRAM is albit, albit-board, or a qemu command line that runs it. Prints digests, token ids and logits.
set -eu
models=$1 kernel=$2 threads=$3
shift 3

# A fixed sequence: ids LENGTH VOCABULARY
ids() { awk -v n="$1" -v v="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s%d", i ? " " : "", (i * i * 31 + i * 7 + 2) % v }'; }

for model in "sample 30000" "plbert 178"; do
    for length in 1 6 33 128; do
        "$@" encode "$models/${model% *}.gguf" --ids "$(ids "$length" "${model#* }")" \
            --kernel "$kernel" --threads "$threads" --json >"$models/answer.$$"
        digest=$(sed -n 's/.*"digest": *"\([0-9a-f]\{64\}\)".*/\1/p' "$models/answer.$$")
        [ -n "$digest" ] || { echo "no digest in: $(cat "$models/answer.$$")" >&2; exit 1; }
        echo "${model% *} S=$length $digest"
    done
done
rm -f "$models/answer.$$"

texts() {
    printf '%s\n' "it 's a charming and often affecting journey ." "unflinchingly bleak and desperate" \
        "Ｆｕｌｌ ｗｉｄｔｈ, ﬁne ligatures, naïve café — “quotes” and 1,234.5" "中文 и русский 🙂 e$(printf '\314\201')" "x" ""
}
texts | "$@" tokenize "$models/sample.gguf" --json
# Texts of many scripts, with offsets: any text will do, these lines hold what tokenizers trip over.
LC_ALL=C grep -a '[^ -~]' Tests/Data/tokenizer/unigram_cases.json | head -n 3000 | "$@" tokenize "$models/sample.gguf" --json
texts | "$@" classify "$models/sample.gguf" --kernel "$kernel" --threads "$threads" --json |
    sed 's/, "kernel": "[a-z0-9]*"//'
