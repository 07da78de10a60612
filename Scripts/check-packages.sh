#!/usr/bin/env bash
# Installs what `make dist` made as its users do, each in a fresh Debian root: the desktop package without Swift, compilers
# or network; the wheel with python3-venv only; the board packages in foreign roots under qemu-user. As root.
# usage: check-packages.sh [desktop] [wheel] [arm64] [armhf]
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- desktop wheel arm64 armhf
mirror=${MIRROR:-http://deb.debian.org/debian}
roots=${ROOTS:-$PWD/dist/roots}
mkdir -p "$roots"
fail() { echo "check-packages: $*" >&2; exit 1; }

# fresh NAME ARCHITECTURE PACKAGES: a new root from an archive that is made once.
fresh() {
    local name=$1 architecture=$2 include=$3 archive=$roots/$1.tar
    root=$roots/$name
    rm -rf "$root"
    if [ ! -e "$archive" ]; then
        local foreign=()
        [ "$architecture" = amd64 ] || foreign=(--foreign)
        debootstrap "${foreign[@]}" --variant=minbase --include="$include" --arch="$architecture" bookworm "$root" "$mirror" >"$roots/$name.log"
        # Where debootstrap may not mount, /proc is a link to itself.
        [ ! -L "$root/proc" ] || { rm "$root/proc" && mkdir "$root/proc"; }
        [ "$architecture" = amd64 ] ||
            inside env DEBOOTSTRAP_DIR=/debootstrap sh /debootstrap/debootstrap --second-stage >>"$roots/$name.log"
        tar -C "$root" -cf "$archive.new" .
        mv "$archive.new" "$archive"
    else
        mkdir -p "$root"
        tar -C "$root" -xf "$archive"
    fi
}

# inside COMMAND...: in the root, without a network; under qemu where it is foreign, as the CPU that `cpu` names.
cpu=max
inside() {
    case $(basename "$root") in
        arm64) QEMU_CPU=$cpu proot -0 -r "$root" -q qemu-aarch64-static -b /proc -b /dev -w / "$@" ;;
        armhf) QEMU_CPU=$cpu proot -0 -r "$root" -q qemu-arm-static -b /proc -b /dev -w / "$@" ;;
        # Programs find their arguments in /proc, as everywhere but in a bare chroot.
        *) unshare --net --mount --pid --fork sh -c \
            'root=$1; shift; mount -t proc proc "$root/proc" && exec chroot "$root" "$@"' sh "$root" "$@" ;;
    esac
}

files() { (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./var/lib/dpkg -o -path ./var/log -o -path ./var/cache -o -path ./tmp -o -path ./root \) -prune -o -print) | LC_ALL=C sort; }

desktop() {
    fresh desktop amd64 man-db,libstdc++6
    files >"$roots/before"
    cp dist/packages/albit_*_amd64.deb "$root/tmp/albit.deb"
    inside dpkg -i /tmp/albit.deb
    sample=/usr/share/albit/albert-tiny-sst2
    inside albit quantize $sample -o /tmp/sst2.gguf
    [ -s "$root/tmp/sst2.gguf" ] || fail "quantize has made no file"
    inside albit classify /tmp/sst2.gguf "a charming and often affecting journey"
    inside albit verify $sample /tmp/sst2.gguf --data $sample/eval.tsv --gate
    inside sh -c 'MANPAGER=cat man albit' >"$roots/manual"
    grep -q quantize "$roots/manual" || fail "the manual page does not open"
    inside sh -c 'command -v swift cc gcc clang' && fail "the root has a compiler"
    inside dpkg --purge albit
    files >"$roots/after"
    diff "$roots/before" "$roots/after" || fail "removal leaves files"
    echo "albit: albit.deb installs without network and compilers, quantizes, verifies, shows its manual, and leaves nothing"
}

wheel() {
    fresh wheel amd64 python3-venv
    mkdir -p "$root/tmp/wheels"
    # numpy comes from PyPI, beforehand.
    python3 -m pip download --quiet --only-binary=:all: --python-version 3.11 --platform manylinux2014_x86_64 --no-deps \
        --dest "$root/tmp/wheels" numpy
    cp dist/wheels/albit-*x86_64.whl "$root/tmp/wheels/"
    cp -r samples/albert-tiny-sst2 "$root/tmp/"
    cp README.md "$root/tmp/"
    inside python3 -m venv /venv
    inside /venv/bin/pip install --quiet --no-index --find-links /tmp/wheels albit
    inside /venv/bin/albit quantize /tmp/albert-tiny-sst2 -o /tmp/model.gguf
    # The lines of README.md under "From Python" print what stands beside them.
    inside sh -c 'cd /tmp && /venv/bin/python -' <<'PYTHON'
import doctest
import re
text = open("README.md", encoding="utf-8").read()
code = re.search(r"## From Python.*?```python\n(.*?)```", text, re.S).group(1)
test = doctest.DocTestParser().get_doctest(code, {}, "README.md", "README.md", 0)
found = doctest.DocTestRunner().run(test)
assert found.attempted > 2 and not found.failed
print(f"albit: {found.attempted} Python lines of README.md print what stands there")
PYTHON
    echo "albit: the wheel installs with python3-venv only"
}

# board ARCHITECTURE CPU...: the package installs, and the program passes its own test on each CPU.
board() {
    local architecture=$1
    shift
    fresh "$architecture" "$architecture" passwd
    files >"$roots/before"
    cp "$(ls dist/packages/albit-board_*_"$architecture".deb)" "$root/tmp/board.deb"
    cpu=max
    inside dpkg -i /tmp/board.deb
    .build/release/albit quantize samples/albert-tiny-sst2 -o "$root/tmp/sst2.gguf" --force
    for cpu in "$@"; do
        inside albit-board selftest /tmp/sst2.gguf
        echo "albit: albit-board of the $architecture package passes its self-test as $cpu"
    done
    cpu=max
    inside dpkg --purge albit-board
    files >"$roots/after"
    diff "$roots/before" "$roots/after" | grep -v -E '^[0-9,acd]+$|/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$' &&
        fail "removal leaves files"
    true
}

for wanted in "$@"; do
    case $wanted in
        desktop) desktop ;;
        wheel) wheel ;;
        arm64) board arm64 cortex-a53 ;;
        armhf) board armhf arm1176 cortex-a7 ;;
        *) fail "no check $wanted" ;;
    esac
done
