#!/bin/sh
# What a compiler needs to import Albit from a build folder: module-flags.sh BUILD_FOLDER
# SwiftPM passes the same to packages that depend on it.
build=$1
printf '%s' "-I $build/Modules -I Sources/CZlib -I Sources/CProtobufC"
for target in CKernels CPlatform CSchemas; do
    printf '%s' " -Xcc -fmodule-map-file=$build/$target.build/module.modulemap"
done
