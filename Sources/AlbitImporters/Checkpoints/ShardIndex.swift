import AlbitModel
import AlbitText

/// The index of a sharded checkpoint (`*.index.json`): which file beside it holds which tensor.
struct ShardIndex {
    static let maxBytes = 64 << 20
    static let maxShards = 10_000

    /// Names of the shards, sorted.
    let shards: [String]
    let shardOfTensor: [String: String]
    let path: String

    init(_ file: any ByteSource) throws(Fault) {
        path = file.path
        let text = try file.allBytes(what: "the shard index", limit: ShardIndex.maxBytes)
        let json = try JSONValue(parsing: text, depth: 16, file: path)
        guard let map = json["weight_map"], let members = map.members, !members.isEmpty else {
            throw .noWeightMap(path: path, json)
        }
        if let name = map.duplicateName {
            throw Fault(
                .shardIndexDuplicateName, in: path, at: "tensor '\(name)'", "stands twice in weight_map",
                advice: "save the model again")
        }
        var shardOfTensor: [String: String] = [:]
        for member in members {
            guard let shard = member.value.string else { throw .noWeightMap(path: path, json) }
            guard DirectoryTree.isPlainName(shard) else {
                throw Fault(
                    .shardIndexBadShardName, in: path, "names the shard '\(shard)'",
                    expected: "a file in the same directory", advice: "shards outside are never opened")
            }
            shardOfTensor[member.name] = shard
        }
        self.shardOfTensor = shardOfTensor
        shards = Set(shardOfTensor.values).sorted()
        guard shards.count <= ShardIndex.maxShards else {
            throw Fault(
                .shardIndexTooManyShards, in: path,
                "names \(shards.count) shards, more than the limit of \(ShardIndex.maxShards)",
                advice: "the index is damaged or hostile")
        }
    }

    /// Reads all shards and checks that each holds what the index says.
    func join(
        in tree: any FileTree, read: (any ByteSource) throws(Fault) -> Checkpoint
    ) throws(Fault) -> (Checkpoint, [any ByteSource]) {
        var joined: Checkpoint?
        var files: [any ByteSource] = []
        var found = Set<String>()
        for shard in shards {
            guard let file = try tree.open(shard) else {
                throw Fault(
                    .shardIndexMissingShard, in: path, "the shard '\(shard)' is not beside it",
                    advice: "download it too")
            }
            files.append(file)
        }
        for (shard, file) in zip(shards, files) {
            let part = try read(file)
            for tensor in part.tensors {
                if let expected = shardOfTensor[tensor.name], expected != shard {
                    throw Fault(
                        .shardIndexOtherShard, in: path, at: "tensor '\(tensor.name)'",
                        "should be in '\(expected)', but is in '\(shard)'",
                        advice: "the files do not belong together, download all again")
                }
                found.insert(tensor.name)
            }
            if joined == nil {
                joined = part
            } else {
                joined?.tensors += part.tensors
                joined?.ignored += part.ignored
            }
        }
        // Keras indexes name variables without the group they lie in, so a missing name is only certain elsewhere.
        if let missing = shardOfTensor.keys.sorted().first(where: { !found.contains($0) && !isKeras($0) }) {
            throw Fault(
                .shardIndexMissingTensor, in: path, at: "tensor '\(missing)'",
                "should be in '\(shardOfTensor[missing] ?? "")', but is not", advice: "download the shards again")
        }
        guard var checkpoint = joined else { throw .noWeightMap(path: path, .null) }
        checkpoint.format += ", \(shards.count) shards"
        return (checkpoint, files)
    }

    private func isKeras(_ name: String) -> Bool { name.hasSuffix(":0") }
}

/// Faults that are found in several places of this file.
extension Fault {
    /// Says what the file is instead, where that is plain.
    fileprivate static func noWeightMap(path: String, _ json: JSONValue) -> Fault {
        let others = [
            ("a tokenizer", json["model"]?["vocab"] != nil), ("a model's configuration", json["hidden_size"] != nil),
            ("an adapter's configuration", json["peft_type"] != nil),
            ("a tokenizer's configuration", json["tokenizer_class"] != nil),
        ]
        let other = others.first { $0.1 }?.0
        return Fault(
            .shardIndexNoWeightMap, in: path,
            other.map { "is \($0), which holds no weights" }
                ?? "is JSON, but no shard index: 'weight_map' with file names is missing",
            advice: "name the weights or their directory"
                + (other == "a tokenizer" ? ", and this file with --tokenizer" : ""))
    }
}
