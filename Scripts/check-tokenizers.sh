#!/usr/bin/env bash
# Compares Albit's tokenizers with those of PyPI on random strings, over a third of the kinds of files that
# differential-tokenizers.py makes, and pruned ones of each kind by differential-vocabulary.py. Needs .build/release/albit and pip (the packages go into dist/, once). sentencepiece's
# releases differ where segmentations are equally good: 0.2.1 is the one that Albit follows.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=dist/check-tokenizers
[ -e "$packages/tokenizers" ] ||
    python3 -m pip install --quiet --no-cache-dir --target "$packages" 'tokenizers==0.23.*' 'sentencepiece==0.2.1'
PYTHONPATH=$PWD/$packages python3 Scripts/differential-tokenizers.py --strings "${STRINGS:-200}" --files 36 --show 1 "$@"
pruning=dist/check-vocabulary
[ -e "$pruning/transformers" ] ||
    python3 -m pip install --quiet --no-cache-dir --target "$pruning" 'transformers==4.57.*' 'sentencepiece==0.2.1' protobuf
PYTHONPATH=$PWD/$pruning python3 Scripts/differential-vocabulary.py --strings "${STRINGS:-200}"
