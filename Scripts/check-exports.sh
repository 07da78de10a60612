#!/usr/bin/env bash
# Opens what `albit convert` writes with ONNX Runtime, safetensors and gguf from PyPI (some 60 MB into dist/, once).
# Needs .build/release/albit and pip.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=dist/check-exports
if [ ! -e "$packages/onnxruntime" ]; then
    python3 -m pip install --quiet --no-cache-dir --target "$packages" numpy onnx onnxruntime safetensors gguf
fi
PYTHONPATH=$PWD/$packages python3 Scripts/check-exports.py "$PWD/.build/release/albit" samples/albert-tiny-sst2
zoo=$(mktemp -d)
trap 'rm -rf "$zoo"' EXIT
tar xJf Tests/Data/zoo.tar.xz -C "$zoo"
PYTHONPATH=$PWD/$packages python3 Scripts/check-golden-exports.py "$PWD/.build/release/albit" "$zoo/zoo"
