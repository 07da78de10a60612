#!/usr/bin/env bash
# Builds albit-board as one static executable for each kind of board, into dist/boards, and checks each file.
# With names (aarch64 armv7 armv6 riscv64 x86_64) only these.
set -euo pipefail
cd "$(dirname "$0")/.."
limit=1700000
export output=dist/boards
wanted=${*:-aarch64 armv7 armv6 riscv64 x86_64}
mkdir -p "$output"

Scripts/make-board-sdk.sh

# build NAME: one executable
build() {
    local name=$1 prefix flags usr tables
    # shellcheck source=Scripts/board-flags.sh
    . Scripts/board-flags.sh "$name"
    echo "albit: building albit-board for $name"
    if ! swift build -c release --product albit-board --scratch-path ".build-$name" -j 2 "${flags[@]}" >"$output/$name.log" 2>&1; then
        cat "$output/$name.log" >&2
        echo "albit: the $name build failed (above)" >&2
        return 1
    fi
    rm -f "$output/$name.log"
    # The kernel with vectors is one file of many, so that its instructions are not in the object's own list: only LLVM's
    # objdump is told to know them.
    local objdump=${prefix}objdump
    [ "$name" != riscv64 ] || objdump="$(dirname "$(readlink -f "$(command -v swift)")")/llvm-objdump --mattr=+v"
    Scripts/check-no-fma.sh "$objdump" ".build-$name/release" >/dev/null
    "${prefix}strip" -o "$output/albit-board-$name" ".build-$name/release/albit-board"
}
export -f build
# The compiler works on one module at a time, so two builds keep two cores busy.
# shellcheck disable=SC2086 # the list is to be split
printf '%s\n' $wanted | xargs -P "${JOBS:-2}" -I{} bash -euo pipefail -c 'build {}'

for name in $wanted; do
    file=$output/albit-board-$name
    size=$(wc -c <"$file")
    printf '%10d bytes  %s\n' "$size" "$file"
    if readelf -lW "$file" | grep -q INTERP; then echo "albit: $file is not static" >&2; exit 1; fi
    # The x86-64 build carries kernels for several instruction sets with wide tiles; no small card has to hold it.
    if [ "$name" != x86_64 ] && [ "$size" -gt "$limit" ]; then echo "albit: $file is larger than $limit bytes" >&2; exit 1; fi
done
