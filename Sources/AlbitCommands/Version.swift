import AlbitModel
import AlbitRuntime

/// What `--version` prints.
package enum Version {
    package static var number: String { Release.number.withUTF8Buffer { String(decoding: $0, as: UTF8.self) } }

    /// Version of the program, of the model files it reads, and the kernels this CPU runs.
    package static var text: String {
        "albit " + number + " (model format " + String(ModelFile.formatVersion) + "; kernels: "
            + Kernel.available.map { $0.name }.joined(separator: ", ") + ")"
    }
}
