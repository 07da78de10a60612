#!/usr/bin/env bash
# Builds libalbit: the C interface of Sources/CAlbit/include/albit.h as a shared library that needs libc and libm only,
# into dist/lib. The run-time ring is compiled as Embedded Swift, as for boards. With a name (x86_64 aarch64 armv7
# riscv64) that kind.
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-x86_64}
output=dist/lib/$name
mkdir -p "$output"

prefix= flags=(-Xcc -fPIC -Xswiftc -Xcc -Xswiftc -fPIC)
case $name in
    x86_64)
        usr=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
        flags+=(-Xswiftc -enable-experimental-feature -Xswiftc Embedded -Xswiftc -wmo -Xcc -DALBIT_EMBEDDED
            -Xcc -ffunction-sections
            -Xlinker "$usr/lib/swift/embedded/x86_64-unknown-linux-gnu/libswiftUnicodeDataTables.a") ;;
    *) echo "make-library: there is no '$name'" >&2; exit 1 ;;
esac
# What the library shows is what the header says.
map=$output/symbols.map
{ echo "{ global:"; grep -oE '\balbit_[a-z_]+\(' Sources/CAlbit/include/albit.h | tr -d '(' | sort -u | sed 's/$/;/'; echo "local: *; };"; } >"$map"
flags+=(-Xlinker --gc-sections -Xlinker --version-script="$PWD/$map" -Xlinker -soname=libalbit.so.1 -Xswiftc -use-ld=lld)

echo "albit: building libalbit for $name"
if ! swift build -c release --product AlbitC --scratch-path ".build-library-$name" -j "${JOBS:-2}" "${flags[@]}" \
    >"$output/build.log" 2>&1; then
    cat "$output/build.log" >&2
    echo "albit: the build of the library failed (above)" >&2
    exit 1
fi
rm -f "$output/build.log"
"${prefix}strip" --strip-unneeded -o "$output/libalbit.so.1" ".build-library-$name/release/libAlbitC.so"
ln -sf libalbit.so.1 "$output/libalbit.so"
cp Sources/CAlbit/include/albit.h "$output/"
wc -c "$output/libalbit.so.1"
