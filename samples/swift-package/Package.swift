// swift-tools-version: 6.1
import PackageDescription

// A program that uses Albit as any package would: by its address and a version. build.sh sets ALBIT_URL to a copy of
// this repository with a tag; yours would stand here instead.
let package = Package(
    name: "ask",
    dependencies: [
        .package(url: Context.environment["ALBIT_URL"] ?? "https://example.org/albit.git", from: "0.1.0")
    ],
    targets: [
        .executableTarget(name: "ask", dependencies: [.product(name: "Albit", package: "albit")])
    ]
)
