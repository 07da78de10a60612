import AlbitText

/// What the name of an output promises. A file that does not hold what its name says is found out by the next program
/// only.
enum OutputName {
    /// Endings of model files of other programs.
    private static let others = [
        "bin", "caffemodel", "ckpt", "dlc", "engine", "ggml", "h5", "hef", "keras", "litertlm", "mlmodel", "mlpackage",
        "msgpack", "npz", "onnx", "ort", "pb", "plan", "pt", "pt2", "pte", "pth", "rknn", "safetensors", "task",
        "tflite", "xml", "zip",
    ]

    /// Throws for the ending of a format that is not written. `written` are those that are.
    static func check(_ path: String, written: [String], advice: String) throws(Fault) {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return }
        let ending = name[name.index(after: dot)...].lowercased()
        guard others.contains(ending), !written.contains(ending) else { return }
        throw Fault(
            .optionValue, "--output is '" + path + "', but ." + ending + " is not what is written", advice: advice)
    }
}
