#!/usr/bin/env bash
# The library's documentation as web pages, any warning an error: make-docs.sh BUILD_FOLDER [OUTPUT]
# BUILD_FOLDER is where `swift build` put its modules, such as .build/release. Needs docc, which Swift comes with.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1 output=${2:-dist/docs}
toolchain=$(dirname "$(readlink -f "$(command -v swift)")")
graphs=$(mktemp -d)
trap 'rm -rf "$graphs"' EXIT

"$toolchain/swift-symbolgraph-extract" -module-name Albit -minimum-access-level public -output-dir "$graphs" \
    -target "$(uname -m)-unknown-linux-gnu" $(Scripts/module-flags.sh "$build")
rm -rf "$output"
mkdir -p "$(dirname "$output")"
"$toolchain/docc" convert Sources/AlbitLibrary/Albit.docc --additional-symbol-graph-dir "$graphs" \
    --fallback-display-name Albit --fallback-bundle-identifier albit --fallback-bundle-version 0 \
    --warnings-as-errors --output-path "$output" >"$graphs/log" 2>&1 || { cat "$graphs/log" >&2; exit 1; }
echo "albit: documentation in $output: python3 -m http.server --directory $output, then /documentation/albit"
