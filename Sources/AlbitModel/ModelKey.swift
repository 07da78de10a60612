/// The metadata keys of a model file that tell of its weights, for reader and writer; those of the card and of the
/// configuration stand with them. What they mean: formats/gguf-albert.md.
package enum ModelKey {
    /// u32: the version of keys and layout.
    package static let formatVersion = "albit.format_version"
    /// What the weights are: `int8`, `f32` or `f16`.
    package static let weights = "albit.weights"
    /// The preset that the weights were rounded with.
    package static let preset = "albit.preset"
    /// What they were calibrated on, in words.
    package static let calibration = "albit.calibration"
    /// Parallel arrays, one entry for each int8 matmul (`LinearDescription`).
    package static let linearNames = "albit.linear.names"
    package static let linearRows = "albit.linear.rows"
    package static let linearColumns = "albit.linear.columns"
    package static let linearBlock = "albit.linear.block"
    package static let linearPlanes = "albit.linear.planes"
    /// Bits of a value of the word embedding, 4 to 6; absent: 8.
    package static let embeddingBits = "albit.embeddings.bits"
    /// A byte for each place of the `PrecisionMap`.
    package static let precision = "albit.precision"
    /// Byte planes of softmax weights.
    package static let attentionWeightPlanes = "albit.attention.weight_planes"
    /// Ids, and the digest of the last hidden state that they give.
    package static let selfTestIds = "albit.selftest.ids"
    package static let selfTestDigest = "albit.selftest.digest"
    /// CRC-32 of every tensor, in the order of the file.
    package static let checksums = "albit.checksums"
    /// Files that a file of floats carries along, byte for byte.
    package static let fileNames = "albit.files.names"

    /// The bytes of one of those files.
    package static func file(_ index: Int) -> String { "albit.files." + String(index) }
}
