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

# Models that examples name but nobody can paste into being: untrained ones of the zoo with the right heads.
mkdir "$work/empty"
models="base-tokcls=ner base-qa=squad base-pretraining=albert base-mc=swag"
tar xJf Tests/Data/zoo.tar.xz -C "$work" zoo/tokenizers/hf $(for pair in $models; do echo "zoo/safetensors/${pair%=*}"; done)
for pair in $models; do
    "$prefix/bin/albit" quantize "$work/zoo/safetensors/${pair%=*}" --tokenizer "$work/zoo/tokenizers/hf/tokenizer.json" \
        --preset plain -o "$work/empty/${pair#*=}.gguf" >/dev/null
done
echo "Mary Shelley wrote the book in 1818." >"$work/empty/book.txt"

cat >"$work/check" <<'CHECK'
set -eu
cd "$1"
PATH=$1/prefix/bin:$PATH
cd empty
albit --version
albit-board --version >/dev/null
man=$1/prefix/share/man/man1/albit.1
sed 's/\\-/-/g' "$man" | grep -q "model=$1/prefix/share/albit/albert-tiny-sst2"
if command -v groff >/dev/null; then test -z "$(groff -man -ww -Tutf8 "$man" 2>&1 >/dev/null)"; fi
bash -c '. "$0" && complete -p albit' "$1/prefix/share/bash-completion/completions/albit" >/dev/null
count=0
# The indented lines of each command's example, as one would paste them.
for command in $(albit --help | sed -n '/^SUBCOMMANDS:/,$ s/^  \([a-z][a-z]*\) .*/\1/p'); do
    albit help "$command" | sed -n '/^Example/,/^$/ s/^  //p' >script
    grep -q albit script
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
