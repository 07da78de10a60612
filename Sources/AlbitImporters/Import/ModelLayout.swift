import AlbitModel
import AlbitText

/// A folder that holds no checkpoint itself, but folders of which one may be meant: a download cache, the output of a
/// training, the state of a distributed one. Where one choice is right it is taken, else a message names the choices.
struct ModelLayout {
    let tree: DirectoryTree

    /// The files or the folder that the layout means; nil where it is none of these.
    enum Choice {
        /// Another folder.
        case folder(String)
        /// A file below this folder, whose neighbours lie in this folder.
        case file(String)
    }

    func choice() throws(Fault) -> Choice? {
        let folders = tree.folders
        if let choice = try hubCache(folders) { return choice }
        if let choice = try trainer(folders) { return choice }
        if let choice = try deepSpeed(folders) { return choice }
        try refuseShards(folders)
        return nil
    }

    /// The cache of huggingface_hub: `models--ORG--NAME/refs/main` names the folder below `snapshots`.
    private func hubCache(_ folders: [String]) throws(Fault) -> Choice? {
        let models = folders.filter { $0.hasPrefix("models--") }
        if !models.isEmpty {
            guard models.count == 1 else { throw several("a cache of several models", models) }
            return .folder(models[0])
        }
        guard folders.contains("snapshots") else { return nil }
        let snapshots = DirectoryTree(path: tree.path + "/snapshots").folders
        if let file = try tree.open("refs/main") {
            let bytes = try file.allBytes(what: "the reference", limit: 1 << 10)
            let name = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            guard snapshots.contains(name) else {
                throw Fault(
                    .importNoCheckpoint, in: tree.path, "refs/main names the snapshot '\(name)', which is not there",
                    expected: snapshots.isEmpty ? "a folder in snapshots" : snapshots.joined(separator: ", "),
                    advice: "download the model again")
            }
            return .folder("snapshots/" + name)
        }
        guard snapshots.count <= 1 else {
            throw several("a cache of several snapshots", snapshots.map { "snapshots/" + $0 })
        }
        return snapshots.first.map { .folder("snapshots/" + $0) }
    }

    /// The output of a Trainer: `checkpoint-N` after each N steps, the best one named in the last one's state.
    private func trainer(_ folders: [String]) throws(Fault) -> Choice? {
        let steps = folders.compactMap { name -> (name: String, step: Int)? in
            guard name.hasPrefix("checkpoint-"), let step = Int(name.dropFirst(11)) else { return nil }
            return (name, step)
        }.sorted { $0.step < $1.step }
        guard let last = steps.last else { return nil }
        if steps.count == 1 { return .folder(last.name) }
        var best: String?
        if let state = try tree.open(last.name + "/trainer_state.json"),
            let json = try? JSONValue(parsing: state.allBytes(what: "the state", limit: 64 << 20))
        {
            best = json["best_model_checkpoint"]?.string.map(FilePath.name)
        }
        let told = best.flatMap { name in steps.contains { $0.name == name } ? name : nil }
        throw several(
            "checkpoints of a training"
                + (told.map { " (its trainer_state.json calls \($0) the best, \(last.name) is the last)" } ?? ""),
            steps.map(\.name))
    }

    /// DeepSpeed: `latest` names the step; without ZeRO, or up to its stage 2, one file of it holds all weights.
    private func deepSpeed(_ folders: [String]) throws(Fault) -> Choice? {
        var steps = folders.filter { $0.hasPrefix("global_step") }
        let isStep = tree.names.contains { $0.hasSuffix("_model_states.pt") }
        if isStep { steps = ["."] }
        guard !steps.isEmpty else { return nil }
        if steps.count > 1, let file = try tree.open("latest") {
            let bytes = try file.allBytes(what: "the name of the step", limit: 1 << 10)
            let name = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            if steps.contains(name) { steps = [name] }
        }
        guard steps.count == 1 else { throw several("steps of a training", steps) }
        let states = DirectoryTree(path: tree.path + "/" + steps[0]).names.filter { $0.hasSuffix("_model_states.pt") }
        guard states == ["mp_rank_00_model_states.pt"] else {
            throw Fault(
                .importDistributed, in: tree.path,
                "holds weights that DeepSpeed has spread over \(states.count) files",
                advice: "join them with the zero_to_fp32.py that lies beside them, and give the folder that it writes")
        }
        return .file(isStep ? states[0] : steps[0] + "/" + states[0])
    }

    /// Fully sharded training: parts of tensors that only torch.distributed joins.
    private func refuseShards(_ folders: [String]) throws(Fault) {
        for folder in [""] + folders.map({ $0 + "/" }) {
            let names = folder.isEmpty ? tree.names : DirectoryTree(path: tree.path + "/" + folder).names
            guard names.contains(where: { $0.hasSuffix(".distcp") }) else { continue }
            throw Fault(
                .importDistributed, in: tree.path + (folder.isEmpty ? "" : "/" + folder.dropLast()),
                "holds shards of torch.distributed (FSDP), which are parts of tensors",
                advice: "join them with 'python -m torch.distributed.checkpoint.format_utils dcp_to_torch FOLDER "
                    + "pytorch_model.bin', and give the folder with that file and config.json")
        }
    }

    private func several(_ what: String, _ names: [String]) -> Fault {
        Fault(
            .importSeveralCheckpoints, in: tree.path, "holds \(what): \(names.prefix(12).joined(separator: ", "))",
            advice: "give one of these folders")
    }
}
