# Sourced: sets `prefix` (of the cross binutils) and `flags` (of swift build) for the kind of machine in $1, so that
# programs and libraries for it share one build.
case $1 in
    aarch64) prefix=aarch64-linux-gnu- ;;
    armv7) prefix=arm-linux-gnueabihf- ;;
    armv6) prefix=arm-linux-gnueabi- ;;
    riscv64) prefix=riscv64-linux-gnu- ;;
    x86_64) prefix= ;;
    *) echo "albit: there is no board '$1'" >&2; return 1 ;;
esac
# Small code before fast code outside the kernels, which are C; functions of the same instructions (kernels of a family,
# generic code) are there once.
flags=(--swift-sdks-path .build-sdk --swift-sdk "$1-board" -Xswiftc -Osize -Xlinker --icf=all
    --omit-frame-pointers)
# Thumb-2 instructions, in Swift's code too.
if [ "$1" = armv7 ]; then flags+=(-Xcc -mthumb); fi
# Thumb-1 for Swift's code takes two thirds of the bytes. It knows no floats, so the kernels in C stay ARM instructions;
# cutting a text into tokens takes twice the time of ARM instructions, which is a thousandth of what its encoding takes.
if [ "$1" = armv6 ]; then flags+=(-Xswiftc -Xcc -Xswiftc -mthumb); fi
if [ "$1" = x86_64 ]; then
    # The same code in the same dialect with the stock toolchain: measures memory, serves small x86 boxes.
    usr=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
    tables=$usr/lib/swift/embedded/x86_64-unknown-linux-gnu/libswiftUnicodeDataTables.a
    flags=(-Xswiftc -enable-experimental-feature -Xswiftc Embedded -Xswiftc -wmo -Xcc -DALBIT_EMBEDDED -Xcc -fPIC
        -Xcc -ffunction-sections -Xswiftc -Xclang-linker -Xswiftc -static -Xlinker --gc-sections -Xlinker "$tables")
else
    tables=.build-sdk/albit-boards.artifactbundle/$1-board/sysroot/usr/lib/libswiftUnicodeDataTables.a
fi
