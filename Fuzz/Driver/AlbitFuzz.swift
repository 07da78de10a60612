import CLibFuzzer
import FuzzTargets
import Glibc

/// `albit-fuzz targets`, `albit-fuzz seeds ZOO SAMPLES OUT`, `albit-fuzz run TARGET FILE…`, or
/// `albit-fuzz fuzz TARGET [libFuzzer's options and corpora]`.
@main
struct AlbitFuzz {
    nonisolated(unsafe) static var target = FuzzTarget.all[0]

    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("targets", 1): for target in FuzzTarget.all { print(target.name) }
        case ("seeds", 4): try Seeds(zoo: arguments[1], samples: arguments[2], output: arguments[3]).write()
        case ("run", 3...): run(choose(arguments[1]), files: arguments.dropFirst(2))
        case ("fuzz", 2...): exit(fuzz(choose(arguments[1]), Array(arguments.dropFirst(2))))
        default:
            print(
                """
                usage: albit-fuzz targets | seeds ZOO SAMPLES OUT | run TARGET FILE... | fuzz TARGET [libFuzzer options]
                """
            )
            exit(2)
        }
    }

    private static func choose(_ name: String) -> FuzzTarget {
        guard let target = FuzzTarget.named(name) else {
            print("albit-fuzz: there is no target '\(name)'; 'albit-fuzz targets' lists them")
            exit(2)
        }
        return target
    }

    /// What each file does, in words.
    private static func run(_ target: FuzzTarget, files: ArraySlice<String>) {
        for path in files {
            guard let bytes = FileContent.read(path) else {
                print("\(path): cannot be read")
                continue
            }
            let start = FuzzTarget.processorSeconds()
            let outcome = target.run(bytes)
            print("\(path): \(outcome), \(FuzzTarget.processorSeconds() - start) s")
        }
    }

    private static func fuzz(_ target: FuzzTarget, _ options: [String]) -> Int32 {
        AlbitFuzz.target = target
        let words = ["albit-fuzz", "-max_len=\(target.maxLength)"] + options
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var argc = Int32(words.count)
        return argv.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            return LLVMFuzzerRunDriver(&argc, &start) { data, size in
                AlbitFuzz.once(Array(UnsafeBufferPointer(start: data, count: size)))
                return 0
            }
        }
    }

    /// More CPU time than this for one input is a find, as is an error that is none of ours. Wall-clock time is
    /// libFuzzer's to watch, with room for a busy machine.
    private static let slow = 1.0

    private static func once(_ bytes: [UInt8]) {
        let start = FuzzTarget.processorSeconds()
        if case .strange(let what) = target.run(bytes) { fatalError(what) }
        let seconds = FuzzTarget.processorSeconds() - start
        if seconds > slow { fatalError("took \(seconds) s") }
    }
}
