#!/usr/bin/env bash
# Installs to a fresh prefix, hides the repository where this machine lets us, runs every example of the help from
# there, and uninstalls: nothing may be left. Needs what `make install` builds.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
Scripts/install.sh install "$prefix" >/dev/null

cat >"$work/check" <<'CHECK'
set -eu
cd "$1"
PATH=$1/prefix/bin:$PATH
mkdir empty
cd empty
albit --version
albit-board --version >/dev/null
man=$1/prefix/share/man/man1/albit.1
sed 's/\\-/-/g' "$man" | grep -q "model=$1/prefix/share/albit/albert-tiny-sst2"
if command -v groff >/dev/null; then test -z "$(groff -man -ww -Tutf8 "$man" 2>&1 >/dev/null)"; fi
bash -c '. "$0" && complete -p albit' "$1/prefix/share/bash-completion/completions/albit" >/dev/null
count=0
# The indented lines of each command's example, as one would paste them.
for command in quantize verify convert tokenize inspect encode selftest bench classify embed summarize match; do
    albit help "$command" | sed -n '/^Example:/,/^$/ s/^  //p' >script
    grep -q 'model=/' script
    sh -e script >output || { cat script output >&2; exit 1; }
    count=$((count + 1))
done
echo "examples of $count commands work from the installed files alone"
CHECK

# A mount of our own over the repository, so that nothing of it can be read; only root may.
if unshare -m true 2>/dev/null && [[ $work != "$repository"* ]]; then
    unshare -m sh -c 'mount -t tmpfs none "$1" && sh "$2/check" "$2"' sh "$repository" "$work"
else
    echo "the repository can't be hidden here (that needs root); it is only not the working folder"
    sh "$work/check" "$work"
fi

Scripts/install.sh uninstall "$prefix"
left=$(find "$prefix" ! -type d -o -name 'albit*')
[ -z "$left" ] || { printf 'left after uninstall:\n%s\n' "$left" >&2; exit 1; }
echo "uninstall leaves none of its files and folders"
