#!/usr/bin/env bash
# Makes the Swift SDK for boards in .build-sdk where it is not there or older than its script.
set -euo pipefail
cd "$(dirname "$0")/.."
bundle=.build-sdk/albit-boards.artifactbundle
if [ ! -d "$bundle" ] || [ Scripts/make-board-sdk.py -nt "$bundle/info.json" ]; then
    echo "albit: making the board SDK from the Swift toolchain and Debian's cross packages"
    python3 Scripts/make-board-sdk.py .build-sdk
fi
