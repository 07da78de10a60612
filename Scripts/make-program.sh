#!/usr/bin/env bash
# Builds albit for x86-64 with the Swift libraries, zlib and libprotobuf-c inside, into dist/program/albit: it needs the C
# and C++ libraries only.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p dist/program
folder=.build-program/static
mkdir -p "$folder"
# Only archives lie in this folder, and the package manager is told that the libraries are there.
for name in z protobuf-c; do cp -f "$(gcc -print-file-name=lib$name.a)" "$folder/"; done
include=$(dirname "$(gcc -xc -E - <<<'#include <zlib.h>' | sed -n 's/^# 1 "\(.*zlib\.h\)".*/\1/p' | head -n 1)")
# pc NAME LIBRARY: a description of a library for pkg-config.
pc() {
    printf 'Name: %s\nDescription: %s\nVersion: 1\nLibs: -L%s -l%s\nCflags: -I%s\n' \
        "$1" "$1" "$PWD/$folder" "$2" "$include" >"$folder/$1.pc"
}
pc zlib z
pc libprotobuf-c protobuf-c
export PKG_CONFIG_PATH=$PWD/$folder
echo "albit: building the program with its libraries inside"
if ! swift build -c release --product albit --static-swift-stdlib --scratch-path .build-program -j "${JOBS:-2}" \
    -Xlinker --gc-sections >dist/program/build.log 2>&1; then
    cat dist/program/build.log >&2
    exit 1
fi
rm -f dist/program/build.log
strip -o dist/program/albit .build-program/release/albit
needed=$(readelf -d dist/program/albit | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | tr '\n' ' ')
case $needed in *libz* | *protobuf* | *swift*) echo "albit: dist/program/albit needs $needed" >&2; exit 1 ;; esac
printf '%10d bytes  dist/program/albit (needs %s)\n' "$(wc -c <dist/program/albit)" "$needed"
