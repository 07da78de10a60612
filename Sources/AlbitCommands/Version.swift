import AlbitModel
import AlbitRuntime

/// What `--version` prints.
package enum Version {
    package static let number = "0.1.0"

    /// Version of the program, of the model files it reads, and the kernels this CPU runs.
    package static var text: String {
        "albit " + number + " (model format " + String(ModelFile.formatVersion) + "; kernels: "
            + Kernel.available.map { $0.name }.joined(separator: ", ") + ")"
    }
}
