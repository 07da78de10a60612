#!/usr/bin/env bash
# Builds this package against a tagged copy of the repository's last commit, runs it and compares its answer.
set -euo pipefail
cd "$(dirname "$0")"
repository=$(git rev-parse --show-toplevel)
version=$(sed -n 's/.*number: StaticString = "\(.*\)"/\1/p' "$repository/Sources/AlbitModel/Release.swift")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git clone --quiet --bare "$repository" "$work/albit.git"
git -C "$work/albit.git" tag --force "$version" HEAD >/dev/null
cp -r Package.swift Sources "$work"
export ALBIT_URL="file://$work/albit.git"
swift build --package-path "$work" --quiet
answer=$("$work/.build/debug/ask" "$repository/samples/albert-tiny-sst2" "a charming journey" "bleak and desperate")
expected=$'POSITIVE\ta charming journey\nNEGATIVE\tbleak and desperate'
[ "$answer" = "$expected" ] || { printf 'expected\n%s\ngot\n%s\n' "$expected" "$answer" >&2; exit 1; }
printf 'albit %s as a package:\n%s\n' "$version" "$answer"
