// swift-tools-version: 6.1
import PackageDescription

// Arrows point down only; see CONTRIBUTING.md for a map of the house.
// The run-time ring (AlbitText, AlbitModel, AlbitTokenizers, AlbitRuntime, AlbitCommands, albit-board)
// also builds as Embedded Swift, so it depends on nothing but the C targets.
let package = Package(
    name: "albit",
    products: [
        .library(name: "Albit", targets: ["Albit"]),
        .executable(name: "albit", targets: ["albit"]),
        .executable(name: "albit-board", targets: ["albit-board"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // The C ring.
        // libm for rounding to whole numbers in debug builds; the arithmetic of models does not use it.
        .target(name: "CPlatform", linkerSettings: [.linkedLibrary("m")]),
        .target(name: "CKernels"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
        .target(name: "CSchemas", dependencies: ["CProtobufC"]),

        // The run-time ring.
        .target(name: "AlbitText", dependencies: ["CPlatform"]),
        .target(name: "AlbitModel", dependencies: ["AlbitText", "CPlatform"]),
        .target(name: "AlbitTokenizers", dependencies: ["AlbitText", "AlbitModel"]),
        .target(name: "AlbitRuntime", dependencies: ["AlbitModel", "AlbitText", "CKernels", "CPlatform"]),
        .target(
            name: "AlbitTasks",
            dependencies: ["AlbitModel", "AlbitRuntime", "AlbitText", "AlbitTokenizers", "CKernels"]),
        .target(
            name: "AlbitCommands",
            dependencies: [
                "AlbitTasks", "AlbitRuntime", "AlbitTokenizers", "AlbitText", "AlbitModel", "CKernels", "CPlatform",
            ]),
        .executableTarget(
            name: "albit-board",
            dependencies: ["AlbitCommands", "AlbitModel", "AlbitRuntime", "AlbitTasks", "AlbitText", "CPlatform"]),

        // The C interface, from which Python is made: albit.h, and what stands behind it.
        .target(name: "CAlbit", exclude: ["albit.pc.in"]),
        .target(
            name: "AlbitC",
            dependencies: ["AlbitModel", "AlbitRuntime", "AlbitTasks", "AlbitText", "AlbitTokenizers", "CAlbit"]),

        // The desktop ring.
        .target(
            name: "AlbitImporters",
            dependencies: ["AlbitModel", "AlbitText", "AlbitTokenizers", "CZlib", "CSchemas", "CPlatform"]),
        .target(name: "AlbitQuantizer", dependencies: ["AlbitModel", "AlbitRuntime", "AlbitText", "CKernels"]),
        .target(
            name: "AlbitDrift",
            dependencies: [
                "AlbitModel", "AlbitRuntime", "AlbitTasks", "AlbitTokenizers", "AlbitText", "AlbitImporters",
                "CPlatform",
            ]),
        .target(name: "AlbitExporters", dependencies: ["AlbitImporters", "AlbitModel", "AlbitText"]),
        // What quantize, convert and verify do: opens any source as a model, calibrates, searches, writes, compares.
        .target(
            name: "AlbitMaking",
            dependencies: [
                "AlbitCommands", "AlbitDrift", "AlbitExporters", "AlbitImporters", "AlbitModel", "AlbitQuantizer",
                "AlbitRuntime",
                "AlbitTasks", "AlbitText", "AlbitTokenizers", "CPlatform",
            ]),
        // The Swift API, all that is public. Not in Sources/Albit, which some file systems take for Sources/albit.
        .target(
            name: "Albit",
            dependencies: [
                "AlbitDrift", "AlbitImporters", "AlbitMaking", "AlbitModel", "AlbitQuantizer", "AlbitRuntime",
                "AlbitTasks", "AlbitText",
                "AlbitTokenizers",
            ],
            path: "Sources/AlbitLibrary"),
        .executableTarget(
            name: "albit",
            dependencies: [
                "AlbitCommands", "AlbitImporters", "AlbitQuantizer", "AlbitDrift", "AlbitMaking", "AlbitRuntime",
                "AlbitTasks", "AlbitTokenizers", "AlbitModel", "AlbitText", "CPlatform",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Benchmarks that need Swift.
        .executableTarget(
            name: "tokenizer-benchmark", dependencies: ["AlbitImporters", "AlbitTokenizers", "AlbitText"],
            path: "Benchmarks/tokenizers",
            exclude: ["compare.py"]),
        .executableTarget(
            name: "masked-words-check", dependencies: ["AlbitMaking", "AlbitTasks", "AlbitImporters", "AlbitRuntime"],
            path: "Benchmarks/tasks", exclude: ["measure.py", "agreement.py"]),

        .executableTarget(
            name: "interval-coverage", dependencies: ["AlbitDrift", "AlbitText"], path: "Benchmarks/intervals"),

        // Tests.
        .target(name: "TestData", dependencies: ["AlbitImporters", "AlbitText"], path: "Tests/TestData"),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "AlbitCommands", "AlbitImporters", "AlbitMaking", "AlbitModel", "AlbitRuntime", "AlbitTasks",
                "AlbitText", "AlbitTokenizers",
            ],
            path: "Fuzz/Targets"),
        .testTarget(
            name: "AlbitExportersTests",
            dependencies: ["AlbitExporters", "AlbitImporters", "AlbitModel", "AlbitRuntime", "TestData", "AlbitText"]),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "TestData"]),
        .testTarget(name: "CPlatformTests", dependencies: ["CPlatform"]),
        .testTarget(name: "AlbitTextTests", dependencies: ["AlbitText", "CPlatform"]),
        .testTarget(name: "AlbitModelTests", dependencies: ["AlbitModel", "AlbitText", "TestData"]),
        .testTarget(name: "CKernelsTests", dependencies: ["CKernels"]),
        .testTarget(
            name: "AlbitTokenizersTests",
            dependencies: ["AlbitTokenizers", "AlbitModel", "AlbitText", "AlbitImporters", "TestData"]),
        .testTarget(
            name: "AlbitImportersTests",
            dependencies: ["AlbitImporters", "AlbitModel", "AlbitRuntime", "TestData", "AlbitText"]),
        .testTarget(
            name: "TaskTests",
            dependencies: [
                "AlbitCommands", "AlbitExporters", "AlbitImporters", "AlbitMaking", "AlbitModel", "AlbitQuantizer",
                "AlbitRuntime", "AlbitTasks", "AlbitText", "AlbitTokenizers", "CPlatform", "TestData",
            ],
            exclude: ["Data"]),
        .testTarget(
            name: "AlbitDriftTests",
            dependencies: [
                "AlbitCommands", "AlbitMaking", "AlbitTasks", "AlbitDrift", "CPlatform", "AlbitQuantizer",
                "AlbitImporters", "AlbitModel", "AlbitRuntime", "AlbitText", "AlbitTokenizers", "TestData",
            ],
            exclude: [
                "Faults.json", "Golden.json", "Verify.json", "base.npz", "cross-golden.npz", "sentence-golden.npz",
            ]),
        .testTarget(
            name: "AlbitQuantizerTests",
            dependencies: ["AlbitQuantizer", "AlbitRuntime", "AlbitModel", "AlbitImporters", "TestData"],
            exclude: ["gradients.npz"]),
        .testTarget(
            name: "AlbitRuntimeTests",
            dependencies: ["AlbitRuntime", "AlbitModel", "AlbitImporters", "AlbitQuantizer", "TestData", "AlbitText"]),
        .testTarget(name: "AlbitTests", dependencies: ["Albit", "TestData"], exclude: ["PublicInterface.txt"]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "albit", "albit-board", "AlbitCommands", "AlbitModel", "AlbitRuntime", "AlbitText", "CPlatform",
                "TestData",
            ]),
    ]
)

// libFuzzer's driver, built by Fuzz/run.sh only: nothing else has the sanitizers it is linked with.
if Context.environment["ALBIT_FUZZ"] != nil {
    package.targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Fuzz/CLibFuzzer"),
        .executableTarget(
            name: "albit-fuzz",
            dependencies: [
                "FuzzTargets", "AlbitImporters", "AlbitModel", "AlbitQuantizer", "AlbitRuntime", "AlbitTokenizers",
                "CLibFuzzer",
            ],
            path: "Fuzz/Driver"),
    ]
}
