#!/usr/bin/env bash
# Builds libalbit, the C interface of Sources/CAlbit/include/albit.h, into dist/lib/NAME: a shared library that needs libc
# and libm only, and a static one. The code is that of the board programs. With names (x86_64 aarch64 armv7 riscv64) only
# these; without any that of this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
modules="AlbitText AlbitModel AlbitTokenizers AlbitRuntime AlbitTasks AlbitC CAlbit CKernels CPlatform"

build() {
    local name=$1 prefix flags usr tables output=dist/lib/$1 scratch=.build-$1 map object objects=()
    [ "$name" = x86_64 ] || Scripts/make-board-sdk.sh
    # shellcheck source=Scripts/board-flags.sh
    . Scripts/board-flags.sh "$name"
    mkdir -p "$output/pkgconfig"
    echo "albit: building libalbit for $name"
    if ! swift build -c release --target AlbitC --scratch-path "$scratch" -j "${JOBS:-2}" "${flags[@]}" \
        >"$output/build.log" 2>&1; then
        cat "$output/build.log" >&2
        echo "albit: the build of the library failed (above)" >&2
        return 1
    fi
    rm -f "$output/build.log"
    # An object whose source is gone may lie there from an earlier build.
    for module in $modules; do
        for object in "$scratch/release/$module.build/"*.o; do
            [ -z "$(find "Sources/$module" -name "$(basename "$object" .o)")" ] || objects+=("$object")
        done
    done

    # The shared library shows what the header says, and nothing else.
    map=$output/symbols.map
    { echo "ALBIT_1 { global:"; functions | sed 's/$/;/'; echo "local: *; };"; } >"$map"
    "${prefix}gcc" -fuse-ld=lld -shared -o "$output/libalbit.so.1" "${objects[@]}" "$tables" -lm -Wl,--gc-sections \
        -Wl,--version-script="$map" -Wl,-soname,libalbit.so.1 -Wl,--no-undefined -Wl,-Bsymbolic -Wl,-z,relro,-z,now
    rm -f "$map"
    "${prefix}strip" --strip-unneeded "$output/libalbit.so.1"
    ln -sf libalbit.so.1 "$output/libalbit.so"

    rm -f "$output/libalbit.a"
    (cd "$output" && printf 'create libalbit.a\naddlib %s\n%s\nsave\nend\n' "$(realpath "$OLDPWD/$tables" 2>/dev/null \
        || echo "$tables")" "$(printf "addmod $OLDPWD/%s\n" "${objects[@]}")" | "${prefix}ar" -M)
    "${prefix}strip" --strip-debug "$output/libalbit.a"

    cp Sources/CAlbit/include/albit.h "$output/"
    sed "s/@version@/$(version)/" Sources/CAlbit/albit.pc.in >"$output/pkgconfig/albit.pc"
    check "$output/libalbit.so.1" "$prefix"
    printf '%10d bytes  %s\n' "$(wc -c <"$output/libalbit.so.1")" "$output/libalbit.so.1"
}

functions() { grep -oE '\balbit_[a-z_]+\(' Sources/CAlbit/include/albit.h | tr -d '(' | sort -u; }

version() { sed -n 's/.*number: StaticString = "\(.*\)"/\1/p' Sources/AlbitModel/Release.swift; }

# check FILE PREFIX: it shows the functions of the header, and needs the C library only.
check() {
    local shown needed
    shown=$("${2}nm" -D --defined-only "$1" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort)
    if [ "$shown" != "$(functions)" ]; then echo "albit: $1 does not show what albit.h says" >&2; return 1; fi
    needed=$("${2}readelf" -d "$1" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -vE '^(libc|libm|ld-linux[-a-z0-9_]*)\.so\.[0-9]+$' || true)
    if [ -n "$needed" ]; then echo "albit: $1 needs $needed" >&2; return 1; fi
}

[ $# -gt 0 ] || set -- "$(uname -m)"
for name in "$@"; do build "$name"; done
