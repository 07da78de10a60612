#!/usr/bin/env bash
# No handwritten Swift or C file above 400 lines, no line of one above 120 columns. Says which, and exits with 1.
# .swift-format has the same width: `swift format --in-place FILE` wraps what is too long.
set -euo pipefail
cd "$(dirname "$0")/.."
lines=400 columns=120

# Made by programs: Scripts/make-unicode-tables.py, Scripts/make-library-tables.py and protobuf-c's compiler (Scripts/generate-schemas.sh).
generated='Sources/AlbitText/UnicodeTables.swift
Sources/AlbitText/LibraryTables.swift
Sources/CSchemas/sentencepiece_model.pb-c.c
Sources/CSchemas/include/sentencepiece_model.pb-c.h'

mapfile -t files < <(git ls-files -- '*.swift' '*.c' '*.h' | grep -vxF "$generated")
bad=0
# Columns are characters, not bytes.
if LC_ALL=C.UTF-8 grep -nE "^.{$((columns + 1)),}" "${files[@]}" | cut -c 1-140; then
    echo "check-style: lines above $columns columns (above)" >&2
    bad=1
fi
if wc -l "${files[@]}" | awk -v most="$lines" '$2 != "total" && $1 > most' | grep .; then
    echo "check-style: files above $lines lines (above)" >&2
    bad=1
fi
[ "$bad" -eq 0 ] || exit 1
echo "${#files[@]} Swift and C files: none above $lines lines or $columns columns"
