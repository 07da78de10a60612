#!/bin/sh
# Builds albit-board as one static executable for each kind of board, into dist/boards, and checks each file.
# With names (aarch64 armv7 armv6 riscv64 x86_64) only these.
set -eu
cd "$(dirname "$0")/.."
limit=2500000
output=dist/boards
wanted=${*:-aarch64 armv7 armv6 riscv64 x86_64}
mkdir -p "$output"

bundle=.build-sdk/albit-boards.artifactbundle
if [ ! -d "$bundle" ] || [ Scripts/make-board-sdk.py -nt "$bundle/info.json" ]; then
    echo "albit: making the board SDK from the Swift toolchain and Debian's cross packages"
    python3 Scripts/make-board-sdk.py .build-sdk
fi

# build NAME BINUTILS_PREFIX FLAGS...: one executable
build() {
    name=$1 prefix=$2
    shift 2
    case " $wanted " in *" $name "*) ;; *) return 0 ;; esac
    echo "albit: building albit-board for $name"
    swift build -c release --product albit-board --scratch-path ".build-$name" "$@" -j 2 >"$output/$name.log" 2>&1 ||
        { cat "$output/$name.log" >&2; echo "albit: the $name build failed (above)" >&2; exit 1; }
    rm -f "$output/$name.log"
    Scripts/check-no-fma.sh "${prefix}objdump" ".build-$name/release" >/dev/null
    "${prefix}strip" -o "$output/albit-board-$name" ".build-$name/release/albit-board"
}

build aarch64 aarch64-linux-gnu- --swift-sdks-path .build-sdk --swift-sdk aarch64-board
build armv7 arm-linux-gnueabihf- --swift-sdks-path .build-sdk --swift-sdk armv7-board
build armv6 arm-linux-gnueabi- --swift-sdks-path .build-sdk --swift-sdk armv6-board
build riscv64 riscv64-linux-gnu- --swift-sdks-path .build-sdk --swift-sdk riscv64-board
# The same program in the same dialect for x86-64: measures memory, and serves small x86 boxes.
tables=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")/lib/swift/embedded/x86_64-unknown-linux-gnu/libswiftUnicodeDataTables.a
build x86_64 "" -Xswiftc -enable-experimental-feature -Xswiftc Embedded -Xswiftc -wmo -Xcc -DALBIT_EMBEDDED \
    -Xcc -ffunction-sections -Xswiftc -Xclang-linker -Xswiftc -static -Xlinker --gc-sections -Xlinker "$tables"

for file in "$output"/albit-board-*; do
    size=$(wc -c <"$file")
    printf '%10d bytes  %s\n' "$size" "$file"
    if readelf -lW "$file" | grep -q INTERP; then echo "albit: $file is not static" >&2; exit 1; fi
    if [ "$size" -gt "$limit" ]; then echo "albit: $file is larger than $limit bytes" >&2; exit 1; fi
done
