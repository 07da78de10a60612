#!/usr/bin/env bash
# Builds the Python wheels and the source archive into dist/wheels. With names (x86_64 aarch64 armv7) only these wheels.
set -euo pipefail
cd "$(dirname "$0")/.."
output=$PWD/dist/wheels
mkdir -p "$output"
[ $# -gt 0 ] || set -- x86_64 aarch64 armv7
Scripts/make-library.sh "$@"
[ "$1" != x86_64 ] || Scripts/make-program.sh
backend() { (cd Python && PYTHONPATH=backend python3 -c "import albit_build; print(albit_build.$1('$output'))"); }
for name in "$@"; do
    program=
    [ "$name" != x86_64 ] || program=$PWD/dist/program/albit
    ALBIT_LIBRARY=$PWD/dist/lib/$name/libalbit.so.1 ALBIT_PROGRAM=$program backend build_wheel
done
backend build_sdist
