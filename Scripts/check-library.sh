#!/usr/bin/env bash
# The C interface as its users have it: the example of samples/c is compiled against the shared and the static library and
# answers as the program does; the Python package is built, installed from its wheel and tested. With --boards the example
# runs for aarch64, armv7 and riscv64 under qemu as well.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=$PWD/.build/release/albit
model=$work/sample.gguf
texts=("a charming and often affecting journey" "unflinchingly bleak and desperate" "naïve 🙂 façade" "")
"$program" quantize samples/albert-tiny-sst2 --preset plain -o "$model" >/dev/null 2>&1
"$program" classify "$model" --tsv -- "${texts[@]}" | awk -F'\t' 'NR > 1 { printf "%s  %.4f  %s\n", $1, $2, $3 }' >"$work/expected"

# check NAME COMMAND...: the example's answers are the program's.
check() {
    local name=$1
    shift
    "$@" "$model" "${texts[@]}" >"$work/answers"
    cmp "$work/expected" "$work/answers"
    echo "albit: samples/c/classify.c with $name answers as the program"
}

Scripts/make-library.sh x86_64
lib=$PWD/dist/lib/x86_64
warnings=(-std=c11 -Wall -Wextra -Wpedantic -Werror)
# shellcheck disable=SC2046 # words of flags
cc "${warnings[@]}" samples/c/classify.c -o "$work/shared" \
    $(PKG_CONFIG_PATH=$lib/pkgconfig pkg-config --cflags --libs albit) -Wl,-rpath,"$lib"
check "libalbit.so.1" "$work/shared"
cc "${warnings[@]}" -fsanitize=address,undefined -fno-sanitize-recover=all -I"$lib" samples/c/classify.c "$lib/libalbit.a" -lm \
    -o "$work/static"
ASAN_OPTIONS=detect_leaks=1 check "libalbit.a and AddressSanitizer" "$work/static"
status=0
"$work/shared" "$work/none.gguf" text 2>/dev/null || status=$?
[ "$status" = 3 ] || { echo "check-library: a missing model ends with $status, expected 3" >&2; exit 1; }

if [ "${1:-}" = --boards ]; then
    for board in aarch64:aarch64-linux-gnu-gcc:qemu-aarch64-static armv7:arm-linux-gnueabihf-gcc:qemu-arm-static \
        riscv64:riscv64-linux-gnu-gcc:qemu-riscv64-static; do
        IFS=: read -r name compiler qemu <<<"$board"
        Scripts/make-library.sh "$name"
        "$compiler" "${warnings[@]}" -static -I"dist/lib/$name" samples/c/classify.c "dist/lib/$name/libalbit.a" -lm \
            -o "$work/$name"
        check "libalbit.a for $name under qemu" "$qemu" "$work/$name"
    done
fi

# The wheel, in an environment of its own.
mkdir -p dist/wheels
wheel=$(cd Python && ALBIT_LIBRARY=$lib/libalbit.so.1 ALBIT_PROGRAM=$program PYTHONPATH=backend python3 -c \
    "import albit_build; print(albit_build.build_wheel('$work'))")
cp "$work/$wheel" "$work/again.whl"
(cd Python && ALBIT_LIBRARY=$lib/libalbit.so.1 ALBIT_PROGRAM=$program PYTHONPATH=backend python3 -c \
    "import albit_build; albit_build.build_wheel('$work')" >/dev/null)
cmp "$work/$wheel" "$work/again.whl"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install "$work/$wheel"
(cd Python/tests && PATH=$work/venv/bin:$PATH "$work/venv/bin/python" -W error::ResourceWarning -m unittest -q)
"$work/venv/bin/albit" --version
echo "albit: $wheel installs and answers as the program"
