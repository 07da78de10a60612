/// A tensor and the name that its container gives it.
package struct NamedTensor {
    package var name: String
    package var tensor: any LazyTensor

    package init(name: String, tensor: any LazyTensor) {
        self.name = name
        self.tensor = tensor
    }
}

/// What a container of weights holds, before anybody asks what it means. One type per container makes it.
package struct Checkpoint {
    /// As `albit inspect` prints it: `safetensors`, `PyTorch zip`, `TensorFlow bundle` …
    package var format: String
    /// Who wrote it, as far as the file tells.
    package var writer: String?
    package var tensors: [NamedTensor]
    /// What is in the file and is no weight, with the reason.
    package var ignored: [IgnoredTensor] = []
    /// Names that the file declares to be the same tensor: alias to stored name.
    package var aliases: [String: String] = [:]
    /// Names that some containers keep beside the keys they store under: TensorFlow 2's full variable names.
    package var alternativeNames: [String: String] = [:]

    package init(format: String, writer: String?, tensors: [NamedTensor]) {
        self.format = format
        self.writer = writer
        self.tensors = tensors
    }
}

/// A tensor that an import leaves out, and why.
package struct IgnoredTensor: Sendable, Equatable {
    package var name: String
    package var reason: String

    package init(name: String, reason: String) {
        self.name = name
        self.reason = reason
    }
}
