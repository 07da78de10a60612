#!/bin/sh
# Generates Sources/CSchemas from formats/*.proto with Debian's protobuf-c-compiler.
# usage: generate-schemas.sh           writes the sources
#        generate-schemas.sh --check   fails where the committed sources are not what the .proto files say
set -eu
cd "$(dirname "$0")/.."
command -v protoc-c >/dev/null || { echo "generate-schemas: protoc-c is missing: apt-get install protobuf-c-compiler" >&2; exit 1; }

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
mkdir -p "$out/include"
protoc-c --proto_path=formats --c_out="$out" formats/*.proto
mv "$out"/*.h "$out/include/"
{
    echo "#pragma once"
    for header in "$out"/include/*.pb-c.h; do echo "#include \"$(basename "$header")\""; done
} > "$out/include/cschemas.h"
echo '#include "cschemas.h"' > "$out/schemas.c"

if [ "${1:-}" = --check ]; then
    diff -r "$out" Sources/CSchemas
else
    cp "$out"/*.c Sources/CSchemas/
    cp "$out"/include/*.h Sources/CSchemas/include/
fi
