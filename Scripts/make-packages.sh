#!/usr/bin/env bash
# Debian packages and archives of the programs, with the licences of what is linked in, into dist/packages: `albit` for
# amd64, `albit-board` for arm64, armhf, riscv64 and amd64. The same commit makes the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/.*number: StaticString = "\(.*\)"/\1/p' Sources/AlbitModel/Release.swift)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
output=$PWD/dist/packages
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$output"
mkdir -p "$output"

# What every package holds: licences, changes.
documents() {
    local folder=$1/usr/share/doc/$2
    install -d "$folder"
    python3 Scripts/make-copyright.py "$2" >"$folder/copyright"
    # The whole texts, as Debian and the toolchain have them.
    cp "$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")/share/swift/LICENSE.txt" "$folder/copyright.swift"
    if [ "$2" = albit ]; then
        cp /usr/share/doc/zlib1g-dev/copyright "$folder/copyright.zlib"
        cp /usr/share/doc/libprotobuf-c-dev/copyright "$folder/copyright.protobuf-c"
    fi
    python3 Scripts/make-copyright.py --sbom "$2" "$version" >"$folder/sbom.spdx.json"
    gzip -9n <CHANGELOG.md >"$folder/NEWS.gz"
    printf '%s (%s) bookworm; urgency=medium\n\n  * What changed is told in NEWS.gz.\n\n -- %s  %s\n' "$2" "$version" \
        "The Albit authors <albit@example.org>" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$folder/changelog.gz"
    chmod 644 "$folder"/*
}

# pack NAME ARCHITECTURE DEPENDS SUMMARY: the tree $work/NAME-ARCHITECTURE as a package and as an archive.
pack() {
    local name=$1 architecture=$2 depends=$3 summary=$4 tree=$work/$1-$2
    local package=${name}_${version}_$architecture
    find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    # Archives unpack anywhere: without the maintainer's scripts.
    tar -C "$tree" --exclude=./DEBIAN --sort=name --owner=0 --group=0 --numeric-owner -cJf "$output/$package.tar.xz" .
    install -d "$tree/DEBIAN"
    {
        echo "Package: $name"
        echo "Version: $version"
        echo "Architecture: $architecture"
        echo "Section: science"
        echo "Priority: optional"
        echo "Maintainer: The Albit authors <albit@example.org>"
        echo "Installed-Size: $(du -k --apparent-size -s "$tree" | cut -f1)"
        [ -z "$depends" ] || echo "Depends: $depends"
        echo "Description: $summary"
        echo " Albit takes ALBERT and BERT from published checkpoints to int8 files that"
        echo " answer the same on every machine, and measures how far they are from their"
        echo " originals."
    } >"$tree/DEBIAN/control"
    (cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | LC_ALL=C sort | xargs -r md5sum) >"$tree/DEBIAN/md5sums"
    chmod 644 "$tree/DEBIAN/control" "$tree/DEBIAN/md5sums"
    find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz --build "$tree" "$output/$package.deb" >/dev/null
    wc -c "$output/$package.deb"
}

desktop() {
    local tree=$work/albit-amd64 shell
    install -D -m 755 dist/program/albit "$tree/usr/bin/albit"
    for file in README.md config.json eval.tsv model.safetensors spiece.model tokenizer_config.json; do
        install -D -m 644 "samples/albert-tiny-sst2/$file" "$tree/usr/share/albit/albert-tiny-sst2/$file"
    done
    install -d "$tree/usr/share/man/man1"
    "$tree/usr/bin/albit" help --man | sed "s|$(printf %s "$tree" | sed 's/-/\\\\-/g')||g" | gzip -9n \
        >"$tree/usr/share/man/man1/albit.1.gz"
    chmod 644 "$tree/usr/share/man/man1/albit.1.gz"
    for shell in bash:bash-completion/completions/albit zsh:zsh/vendor-completions/_albit \
        fish:fish/vendor_completions.d/albit.fish; do
        install -D -m 644 /dev/null "$tree/usr/share/${shell#*:}"
        # A completion is read by the shell, never run.
        "$tree/usr/bin/albit" --generate-completion-script "${shell%%:*}" | sed '1{/^#!/d}' >"$tree/usr/share/${shell#*:}"
    done
    documents "$tree" albit
    # Its Swift libraries, zlib and libprotobuf-c are inside.
    install -D -m 644 /dev/stdin "$tree/usr/share/lintian/overrides/albit" <<'LINTIAN'
# Swift's libraries are not in Debian, and with them inside there is one file to install.
albit: embedded-library * [usr/bin/albit]
LINTIAN
    pack albit amd64 "libc6 (>= 2.35), libgcc-s1, libstdc++6 (>= 12)" "int8 ALBERT: convert, verify, run"
}

board() {
    local architecture=$1 tree=$work/albit-board-$1
    case $architecture in
        arm64) install -D -m 755 dist/boards/albit-board-aarch64 "$tree/usr/bin/albit-board" ;;
        riscv64) install -D -m 755 dist/boards/albit-board-riscv64 "$tree/usr/bin/albit-board" ;;
        amd64) install -D -m 755 dist/boards/albit-board-x86_64 "$tree/usr/bin/albit-board" ;;
        armhf)
            # Raspberry Pi OS calls a Pi Zero armhf: what the CPU can do decides at start.
            install -D -m 755 dist/boards/albit-board-armv7 "$tree/usr/lib/albit/albit-board-armv7"
            install -D -m 755 dist/boards/albit-board-armv6 "$tree/usr/lib/albit/albit-board-armv6"
            install -D -m 755 samples/debian/albit-board "$tree/usr/bin/albit-board"
            ;;
    esac
    install -D -m 644 samples/debian/albit.default "$tree/etc/default/albit"
    install -D -m 644 samples/debian/albit.sysusers "$tree/usr/lib/sysusers.d/albit.conf"
    install -D -m 644 samples/debian/albit.socket "$tree/lib/systemd/system/albit.socket"
    install -D -m 644 samples/debian/albit@.service "$tree/lib/systemd/system/albit@.service"
    documents "$tree" albit-board
    install -D -m 644 /dev/stdin "$tree/usr/share/lintian/overrides/albit-board" <<'LINTIAN'
# One file that runs on any Linux kernel is what this package is for.
albit-board: statically-linked-binary *
albit-board: no-manual-page *
LINTIAN
    install -d "$tree/DEBIAN"
    echo /etc/default/albit >"$tree/DEBIAN/conffiles"
    install -m 755 samples/debian/postinst "$tree/DEBIAN/postinst"
    install -m 755 samples/debian/prerm "$tree/DEBIAN/prerm"
    pack albit-board "$architecture" "" "int8 ALBERT for small boards, one static program"
}

[ $# -gt 0 ] || set -- albit arm64 armhf riscv64 amd64
for wanted in "$@"; do
    if [ "$wanted" = albit ]; then desktop; else board "$wanted"; fi
done
(cd "$output" && sha256sum -- *.deb *.tar.xz >SHA256SUMS)
