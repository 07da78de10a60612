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

    static func matches(_ prefix: [UInt8]) -> Bool {
        prefix.first { $0 > 0x20 } == UInt8(ascii: "{")
    }

    init(_ file: any ByteSource) throws {
        path = file.path
        let text = try file.allBytes(what: "the shard index", limit: ShardIndex.maxBytes)
        let json: JSONValue
        do { json = try JSONValue(parsing: text, depth: 16) } catch {
            throw ShardIndexError.badJSON(path: path, problem: error.description)
        }
        guard let map = json["weight_map"], let members = map.members, !members.isEmpty else {
            throw ShardIndexError.noWeightMap(path: path)
        }
        if let name = map.duplicateName { throw ShardIndexError.duplicateName(path: path, tensor: name) }
        var shardOfTensor: [String: String] = [:]
        for member in members {
            guard let shard = member.value.string else { throw ShardIndexError.noWeightMap(path: path) }
            guard DirectoryTree.isPlainName(shard) else { throw ShardIndexError.badShardName(path: path, shard: shard) }
            shardOfTensor[member.name] = shard
        }
        self.shardOfTensor = shardOfTensor
        shards = Set(shardOfTensor.values).sorted()
        guard shards.count <= ShardIndex.maxShards else {
            throw ShardIndexError.tooManyShards(path: path, count: shards.count, limit: ShardIndex.maxShards)
        }
    }

    /// Reads all shards and checks that each holds what the index says.
    func join(in tree: any FileTree, read: (any ByteSource) throws -> Checkpoint) throws -> (Checkpoint, [any ByteSource]) {
        var joined: Checkpoint?
        var files: [any ByteSource] = []
        var found = Set<String>()
        for shard in shards {
            guard let file = try tree.open(shard) else { throw ShardIndexError.missingShard(path: path, shard: shard) }
            files.append(file)
        }
        for (shard, file) in zip(shards, files) {
            let part = try read(file)
            for tensor in part.tensors {
                if let expected = shardOfTensor[tensor.name], expected != shard {
                    throw ShardIndexError.otherShard(path: path, tensor: tensor.name, expected: expected, found: shard)
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
            throw ShardIndexError.missingTensor(path: path, tensor: missing, shard: shardOfTensor[missing] ?? "")
        }
        guard var checkpoint = joined else { throw ShardIndexError.noWeightMap(path: path) }
        checkpoint.format += ", \(shards.count) shards"
        return (checkpoint, files)
    }

    private func isKeras(_ name: String) -> Bool { name.hasSuffix(":0") }
}

/// Why a sharded checkpoint cannot be put together.
package enum ShardIndexError: AlbitError {
    case badJSON(path: String, problem: String)
    case noWeightMap(path: String)
    case duplicateName(path: String, tensor: String)
    case badShardName(path: String, shard: String)
    case tooManyShards(path: String, count: Int, limit: Int)
    case missingShard(path: String, shard: String)
    case missingTensor(path: String, tensor: String, shard: String)
    case otherShard(path: String, tensor: String, expected: String, found: String)

    package var failure: Failure { .input }

    package var description: String {
        switch self {
        case .badJSON(let path, let problem): "\(path): \(problem); download the index again"
        case .noWeightMap(let path): "\(path): is JSON, but no shard index: 'weight_map' with file names is missing; name the weights or their directory"
        case .duplicateName(let path, let tensor): "\(path): tensor '\(tensor)' stands twice in weight_map; save the model again"
        case .badShardName(let path, let shard):
            "\(path): names the shard '\(shard)', expected a file in the same directory; shards outside are never opened"
        case .tooManyShards(let path, let count, let limit): "\(path): names \(count) shards, more than the limit of \(limit); the index is damaged or hostile"
        case .missingShard(let path, let shard): "\(path): the shard '\(shard)' is not beside it; download it too"
        case .missingTensor(let path, let tensor, let shard):
            "\(path): tensor '\(tensor)' should be in '\(shard)', but is not; download the shards again"
        case .otherShard(let path, let tensor, let expected, let found):
            "\(path): tensor '\(tensor)' should be in '\(expected)', but is in '\(found)'; the files do not belong together, download all again"
        }
    }
}
