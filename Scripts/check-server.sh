#!/bin/sh
# albit-server with unmodified clients from PyPI: makes an environment and a model, and runs check-server.py.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q openai langchain-openai huggingface_hub cohere requests numpy
.build/release/albit quantize samples/albert-tiny-sst2 -o "$work/classifier.gguf" --preset plain > "$work/log"
"$work/venv/bin/python" Scripts/check-server.py .build/release/albit Server/.build/release/albit-server "$work"
