import AlbitText
import TestData
import Testing

@testable import AlbitImporters

/// Each way in which the index of a sharded checkpoint can be wrong.
@Suite struct ShardIndexTests {
    private final class Tree: FileTree {
        let path = "tree"
        let names: [String]
        init(_ names: [String]) { self.names = names }
        func open(_ name: String) throws(Fault) -> (any ByteSource)? {
            names.contains(name) ? MemoryBytes([], path: name) : nil
        }
    }

    /// What joining the shards of an index ends with, where each of them holds `tensors`.
    private func failure(_ index: String, files: [String] = ["a", "b"], tensors: [String: [String]] = [:]) -> Fault? {
        func read(_ file: any ByteSource) throws(Fault) -> Checkpoint {
            let names = tensors[file.path] ?? []
            return Checkpoint(
                format: "test", writer: nil,
                tensors: names.map { NamedTensor(name: $0, tensor: UniformTensor(0, shape: [])) })
        }
        return fault {
            try ShardIndex(MemoryBytes(Array(index.utf8), path: "index")).join(in: Tree(files), read: read)
        }
    }

    @Test func eachRuleHasItsCode() {
        #expect(failure("{}").isA(.shardIndexNoWeightMap))
        #expect(failure(#"{"weight_map": {"w": 1}}"#).isA(.shardIndexNoWeightMap))
        #expect(failure(#"{"weight_map": {"w": "a", "w": "b"}}"#).isA(.shardIndexDuplicateName, "'w'"))
        #expect(failure(#"{"weight_map": {"w": "../a"}}"#).isA(.shardIndexBadShardName, "'../a'"))
        #expect(failure(#"{"weight_map": {"w": "c"}}"#).isA(.shardIndexMissingShard, "'c'"))
        #expect(failure(#"{"weight_map": {"w": "a"}}"#).isA(.shardIndexMissingTensor, "'w'", "'a'"))
        #expect(
            failure(#"{"weight_map": {"w": "a", "v": "b"}}"#, tensors: ["a": ["v"]])
                .isA(.shardIndexOtherShard, "'v'", "'b'", "'a'"))
        let many = (0...ShardIndex.maxShards).map { "\"w\($0)\": \"s\($0)\"" }.joined(separator: ",")
        #expect(failure("{\"weight_map\": {\(many)}}").isA(.shardIndexTooManyShards, "\(ShardIndex.maxShards)"))
        #expect(failure(#"{"weight_map": {"w": "a"}}"#, tensors: ["a": ["w"]]) == nil)
    }
}
