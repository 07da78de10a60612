import AlbitText

/// Reads a container of named tensors, which may be a whole model or a shard of one.
protocol CheckpointReader: PublishedFormat {
    static func read(_ file: any ByteSource) throws(Fault) -> Checkpoint
}
