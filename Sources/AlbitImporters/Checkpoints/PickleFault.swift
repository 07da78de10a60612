import AlbitText

/// What is wrong with a pickle, where more than one opcode finds it.
enum PickleFault {
    static func truncated(path: String, offset: Int) -> Fault {
        Fault(
            .pickleTruncated, in: path, "the pickle ends at byte \(offset) in the middle",
            advice: "download the file again")
    }

    static func badArgument(path: String, what: String, offset: Int) -> Fault {
        Fault(
            .pickleBadArgument, in: path, "the pickle has \(what) at byte \(offset)",
            expected: "a state dict of tensors", advice: "save it again with torch.save")
    }

    static func stackUnderflow(path: String, offset: Int) -> Fault {
        Fault(
            .pickleStackUnderflow, in: path, "the pickle takes from an empty stack at byte \(offset)",
            advice: "the file is damaged, download it again")
    }

    static func badMemo(path: String, index: Int, offset: Int) -> Fault {
        Fault(
            .pickleBadMemo, in: path, "the pickle refers to memo \(index) at byte \(offset), which is not set",
            advice: "the file is damaged, download it again")
    }

    static func tooManyValues(path: String, limit: Int) -> Fault {
        Fault(
            .pickleTooManyValues, in: path,
            "the pickle unfolds to more than \(limit) values or nests deeper than any checkpoint does",
            advice: "save only the state_dict")
    }

    static func forbiddenGlobal(path: String, name: String) -> Fault {
        Fault(
            .pickleForbiddenGlobal, in: path,
            "the pickle names the Python object '\(name)', which no tensor needs; nothing was executed. Refused",
            advice: "if you trust the file, save the state_dict of its model as safetensors")
    }

    static func forbiddenCall(path: String, what: String, offset: Int) -> Fault {
        Fault(
            .pickleForbiddenCall, in: path,
            "the pickle calls \(what) at byte \(offset); refused, nothing was executed",
            advice: "save the state_dict as safetensors if you trust the file")
    }
}
