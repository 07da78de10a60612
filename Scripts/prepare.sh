#!/bin/sh
# Makes sure that Swift and the named Debian packages are there: prepare.sh PACKAGE...
# Missing packages are installed where that is possible, else the command to type is printed.
set -eu

say() { printf '%s\n' "albit: $*" >&2; }
stop() { say "$*"; exit 1; }

command -v swift >/dev/null 2>&1 ||
    stop "no 'swift' in PATH. Install Swift 6.1 or later (https://www.swift.org/install/linux/) and try again."
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
[ -n "$version" ] || stop "'swift --version' fails; is the toolchain complete?"
major=${version%%.*} minor=${version#*.}
if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 1 ]; }; then
    stop "Swift $version is installed, but 6.1 or later is needed (https://www.swift.org/install/linux/)."
fi

[ $# -gt 0 ] || exit 0
if ! command -v dpkg-query >/dev/null 2>&1; then
    say "this is not a Debian system; what it calls these packages has to be there: $*"
    exit 0
fi
missing=""
for package in "$@"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

say "installing Debian packages:$missing"
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    as_root="sudo"
else
    stop "that needs root. Type this as root, then try again: apt-get install --no-install-recommends$missing"
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # the list is to be split
if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    stop "apt-get failed (above). Packages needed:$missing"
fi
