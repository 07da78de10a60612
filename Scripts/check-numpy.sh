#!/usr/bin/env bash
# Computes with NumPy what Albit computes: the worked example of formats/int8.md, and the figures of `albit verify` on
# the first lines of the sample's evaluation file (check-drift.py). Needs .build/release/albit and pip (NumPy goes into
# dist/, once).
set -euo pipefail
cd "$(dirname "$0")/.."
albit=$PWD/.build/release/albit sample=samples/albert-tiny-sst2
packages=dist/check-exports
[ -e "$packages/numpy" ] || packages=dist/check-numpy
[ -e "$packages/numpy" ] || python3 -m pip install --quiet --no-cache-dir --target "$packages" numpy
export PYTHONPATH=$PWD/$packages

python3 formats/int8-example.py

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$albit" quantize "$sample" -o "$work/sample.gguf" >/dev/null
python3 Scripts/check-drift.py "$albit" "$sample" "$work/sample.gguf" "$sample/eval.tsv" --limit 50
