#!/bin/sh
# Every task on every head, as JSON: board-tasks.sh MODELS KERNEL THREADS PROGRAM...
# MODELS holds one int8 file for each head: classify (the sample), pair, tag, answer, pretraining, choose, embed.
set -eu
models=$1 kernel=$2 threads=$3
shift 3
ask() {
    task=$1 model=$models/$2.gguf
    shift 2
    # The program may be a command line of several words: an emulator, its options, albit-board.
    # shellcheck disable=SC2086
    $program "$task" "$model" "$@" --kernel "$kernel" --threads "$threads" --json | sed 's/, "kernel": "[a-z0-9]*"//'
}
program="$*"

text="Anna Berg moved from Hamburg to Zürich in the spring. The library there is free. You may copy it. Nobody knew why."
ask classify sample "a charming film" "a dull film" ""
ask classify pair --pairs "a free library" "you may copy it" "one" "two"
ask tag tag "$text" "x"
ask tag tag --aggregation none "$text"
ask answer answer "Who moved?" "$text" --top 3
ask answer answer "Who moved?" "$text" --no-answer --max-length 24 --stride 8
ask fill pretraining "the [MASK] of the [MASK]" --top 5
ask order pretraining "The library is free." "You may copy it."
ask choose choose "Who moved?" "Anna Berg" "the library" "nobody"
ask embed embed "$text" ""
ask embed pair --pooling cls --raw "$text"
ask summarize embed "$text" --sentences 2
ask match embed "a free library" "you may copy it" "the library is free" "Anna Berg"
