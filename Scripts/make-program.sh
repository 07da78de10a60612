#!/usr/bin/env bash
# Builds albit for x86-64 with the Swift libraries, zlib and libprotobuf-c inside, into dist/program/albit: it needs the C
# and C++ libraries only.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p dist/program
folder=.build-program/static
mkdir -p "$folder"
# The linker takes the archives where no shared library of these names lies before them.
for name in z protobuf-c; do cp -f "$(gcc -print-file-name=lib$name.a)" "$folder/"; done
echo "albit: building the program with its libraries inside"
if ! swift build -c release --product albit --static-swift-stdlib --scratch-path .build-program -j "${JOBS:-2}" \
    -Xlinker -L"$PWD/$folder" -Xlinker --gc-sections >dist/program/build.log 2>&1; then
    cat dist/program/build.log >&2
    exit 1
fi
rm -f dist/program/build.log
strip -o dist/program/albit .build-program/release/albit
needed=$(readelf -d dist/program/albit | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | tr '\n' ' ')
case $needed in *libz* | *protobuf* | *swift*) echo "albit: dist/program/albit needs $needed" >&2; exit 1 ;; esac
printf '%10d bytes  dist/program/albit (needs %s)\n' "$(wc -c <dist/program/albit)" "$needed"
