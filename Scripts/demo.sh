#!/bin/sh
# The story in four commands on the sample model: demo.sh ALBIT MODEL_FOLDER
set -eu
albit=$1 model=$2
output=dist/demo.gguf
mkdir -p dist

# Shows a command as one types it, then runs it.
run() {
    printf '\n$ albit'
    for word in "$@"; do
        case $word in *[!A-Za-z0-9_./-]*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    printf '\n'
    "$albit" "$@"
}

run quantize "$model" -o "$output" --force
run classify "$output" "a charming and often affecting journey" "unflinchingly bleak and desperate" \
    "it takes a while , but the ending is worth the wait"
run verify "$model" "$output" --data "$model/eval.tsv"
run selftest "$output"
printf '\nThe model is %s. Next: samples/albert-tiny-sst2/README.md, or make boards.\n' "$output"
