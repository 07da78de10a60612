#!/bin/sh
# Puts Albit where it works without the repository, or takes it away again, file by file:
# install.sh install|uninstall PREFIX [DESTDIR]     (PREFIX as it will be, DESTDIR before it while packaging)
set -eu
cd "$(dirname "$0")/.."
action=$1 prefix=$2 staging=${3:-}
build=.build/release
sample=albert-tiny-sst2
sample_files="README.md config.json eval.tsv model.safetensors spiece.model tokenizer_config.json"
root=$staging$prefix
man=$root/share/man/man1/albit.1
bash=$root/share/bash-completion/completions/albit
zsh=$root/share/zsh/site-functions/_albit
fish=$root/share/fish/vendor_completions.d/albit.fish

case $action in
install)
    for program in albit albit-board; do install -D -m 755 "$build/$program" "$root/bin/$program"; done
    for file in $sample_files; do install -D -m 644 "samples/$sample/$file" "$root/share/albit/$sample/$file"; done
    for file in LICENSE README.md CHANGELOG.md; do install -D -m 644 "$file" "$root/share/doc/albit/$file"; done
    # By the installed program: its examples name the installed sample.
    made=$(mktemp)
    trap 'rm -f "$made"' EXIT
    # A dash is \- in a manual page.
    "$root/bin/albit" help --man | sed "s|model=$(printf %s "$staging" | sed 's/-/\\\\-/g')|model=|" >"$made"
    install -D -m 644 "$made" "$man"
    for shell in bash zsh fish; do
        "$root/bin/albit" --generate-completion-script "$shell" >"$made"
        eval "install -D -m 644 \"\$made\" \"\$$shell\""
    done
    echo "albit: installed in $root; 'make uninstall PREFIX=$prefix' takes it away"
    ;;
uninstall)
    rm -f "$root/bin/albit" "$root/bin/albit-board" "$man" "$bash" "$zsh" "$fish"
    for file in $sample_files; do rm -f "$root/share/albit/$sample/$file"; done
    for file in LICENSE README.md CHANGELOG.md; do rm -f "$root/share/doc/albit/$file"; done
    # Its own folders; those that other programs share stay.
    for folder in "share/albit/$sample" share/albit share/doc/albit; do rmdir "$root/$folder" 2>/dev/null || true; done
    ;;
*) echo "usage: install.sh install|uninstall PREFIX [DESTDIR]" >&2; exit 2 ;;
esac
