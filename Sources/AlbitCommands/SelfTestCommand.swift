import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// `selftest`: recomputes the checksums of a model file and the digest stored in it, so that a worn SD card or a
/// machine that computes something else shows in one command.
package struct SelfTestCommand {
    package var run = RunOptions()

    package init(run: RunOptions) { self.run = run }

    /// Throws `check` where the file is damaged or this machine's answer differs.
    package func run(_ model: Model, output: Output) throws(Fault) {
        guard let file = model.file else {
            throw Fault(
                .selfTestNotAlbit, in: model.path, "is not an Albit file",
                advice: "selftest checks files made by 'albit quantize'")
        }
        let stored = try SelfTestCommand.read(file)
        for (tensor, expected) in zip(file.gguf.tensors, stored.sums) {
            let found = CRC32.checksum(of: file.gguf.bytes(of: tensor))
            guard found == expected else {
                throw Fault(
                    .selfTestWrongChecksum, in: model.path,
                    "tensor '" + tensor.name + "' has checksum "
                        + String(found), expected: String(expected), advice: "the file is damaged, copy it again")
            }
        }
        let session = try run.session(model.weights)
        let digest = try session.encode([EncoderInput(ids: stored.ids.map { Int32(truncatingIfNeeded: $0) })])[0].digest
        guard digest == stored.digest else {
            throw Fault(
                .selfTestOtherDigest, in: model.path, "kernel " + session.kernel.name + " gives digest " + digest,
                expected: stored.digest, advice: "this machine computes something else than the one that made the file")
        }
        try write(session, file, digest, output)
    }

    private static func read(_ file: ModelFile) throws(Fault) -> (sums: [UInt32], ids: [Int], digest: String) {
        let gguf = file.gguf
        let array = try gguf.required(ModelKey.checksums, gguf.array(ModelKey.checksums))
        guard array.elementType == .uint32 else {
            throw Fault(
                .modelWrongKeyType, in: file.path, at: "key 'albit.checksums'",
                "is not an array of unsigned 32-bit integers")
        }
        // Not as Int: half of all checksums lie above what a 32-bit board's Int holds.
        let sums = (0..<array.count).map { array.bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
        guard sums.count == gguf.tensors.count else {
            throw Fault(
                .modelBadValue, in: file.path, at: "key 'albit.checksums'",
                "has " + String(sums.count)
                    + " entries for " + String(gguf.tensors.count) + " tensors")
        }
        return (
            sums, try gguf.required(ModelKey.selfTestIds, gguf.integers(ModelKey.selfTestIds)),
            try gguf.required(ModelKey.selfTestDigest, gguf.string(ModelKey.selfTestDigest))
        )
    }

    private func write(_ session: Session, _ file: ModelFile, _ digest: String, _ output: Output) throws(Fault) {
        if run.json {
            var json = JSONWriter()
            json.beginObject()
            json.member("ok")
            json.bool(true)
            json.member("tensors")
            json.integer(file.gguf.tensors.count)
            json.member("digest")
            json.string(digest)
            json.member("kernel")
            json.string(session.kernel.name)
            json.endObject()
            try output.line(json.text)
        } else {
            try output.line(
                "ok: " + String(file.gguf.tensors.count) + " tensors intact, digest " + String(digest.prefix(16))
                    + "... as stored, kernel " + session.kernel.name)
        }
        try output.flush()
    }
}
