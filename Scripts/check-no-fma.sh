#!/bin/sh
# Results are the same bytes on every CPU only if no float step is fused or estimated.
# Disassembles objects and fails on any such instruction: check-no-fma.sh "OBJDUMP [OPTION ...]" BUILD_FOLDER
set -eu
objdump=$1 build=$2
command -v "${objdump%% *}" >/dev/null 2>&1 || { echo "check-no-fma: no $objdump (Debian package binutils, or gcc of the target)" >&2; exit 1; }

# x86: vfmadd..., vrcp, vrsqrt; aarch64: fmla, fmadd ...; arm: vfma, vfms, vrecpe, vrsqrte; riscv: fmadd.s ..., vfmacc ...
forbidden='[[:space:]](vfw?n?m(add|sub|acc|sac)[a-z0-9.]*|vfr(ec|sqrt)7\.v|v?rcp(14|28)?[ps]s|v?rsqrt(14|28)?[ps]s|fml[as]2?|fn?m(add|sub)(\.[sd])?|vfn?m[as]\.f[a-z0-9.]*|f?v?recpe[a-z0-9.]*|f?v?rsqrte[a-z0-9.]*)[[:space:]]'
objects=$(for module in CKernels AlbitRuntime AlbitQuantizer AlbitDrift; do
    [ ! -d "$build/$module.build" ] || find "$build/$module.build" -name '*.o'
done)
[ -n "$objects" ] || { echo "check-no-fma: no objects in $build; build first" >&2; exit 1; }
bad=0 count=0
for object in $objects; do
    count=$((count + 1))
    # shellcheck disable=SC2086 # it may have options
    if found=$($objdump -d --no-show-raw-insn "$object" | grep -nE "$forbidden" | head -n 3) && [ -n "$found" ]; then
        printf '%s:\n%s\n' "$object" "$found" >&2
        bad=1
    fi
done
[ "$bad" -eq 0 ] || { echo "check-no-fma: fused or estimated float instructions (above)" >&2; exit 1; }
echo "no fused or estimated float instruction in $count objects of $build"
