import AlbitModel
import AlbitText

/// A `SavedModel`: a graph whose weights lie in a checkpoint beside it, in `variables/`.
///
/// Sources: tensorflow/core/protobuf/saved_model.proto, meta_graph.proto; limits: formats/tensorflow-graph.md.
struct SavedModel {
    static let maxMetaGraphs = 64
    static let maxSignatures = 1 << 10

    /// What a `SignatureDef` names: graph inputs and outputs under the names that users know.
    struct Signature {
        var name: String
        var inputs: [String] = []
        var outputs: [String] = []
    }

    private struct MetaGraph {
        var tags: [String] = []
        var version = ""
        var graph: [Range<Int>] = []
        var signatures: [Signature] = []
    }

    let graph: TensorFlowGraph
    let version: String
    private let signatures: [Signature]

    /// Whether the top level of a file is that of a SavedModel: a schema version and meta graphs, nothing else.
    static func matches(_ file: any ByteSource) -> Bool {
        let scanner = WireScanner(file)
        var position = 0
        var hasGraph = false
        var fields = 0
        // A truncated one is one all the same: the reader tells more than "unknown format".
        while let field = try? scanner.field(&position, end: file.count) {
            switch (field.number, field.payload) {
            case (1, .varint(1)): break
            case (2, .bytes(let content)): hasGraph = hasGraph || !content.isEmpty
            default: return false
            }
            fields += 1
            if fields > maxMetaGraphs { return false }
        }
        if hasGraph { return true }
        // A truncated meta graph: version 1, field 2, a length beyond the end, and inside it MetaInfoDef.
        guard let head = try? file.prefix(16), head.count == 16, head[0] == 0x08, head[1] == 0x01, head[2] == 0x12
        else { return false }
        guard let end = head[3...].firstIndex(where: { $0 < 0x80 }), end + 1 < head.count else { return false }
        return position == 2 && head[end + 1] == 0x0A
    }

    init(_ scanner: WireScanner) throws(Fault) {
        let path = scanner.source.path
        var metas: [MetaGraph] = []
        var message = scanner.message(0..<scanner.source.count)
        while let field = try message.next() {
            guard case (2, .bytes(let content)) = (field.number, field.payload) else { continue }
            guard metas.count < SavedModel.maxMetaGraphs else {
                throw .tooMany(path: path, what: "meta graphs", limit: SavedModel.maxMetaGraphs)
            }
            metas.append(try SavedModel.metaGraph(content, scanner))
        }
        // The graph for serving; TF-Hub modules keep the one for inference without tags, beside one for training.
        let chosen =
            metas.first { $0.tags.contains("serve") && !$0.tags.contains("train") }
            ?? metas.first { !$0.tags.contains("train") } ?? metas.first
        guard let chosen, !chosen.graph.isEmpty else {
            throw Fault(
                .tensorFlowNoGraph, in: path, "holds no TensorFlow graph",
                advice: "the file is empty or of another kind")
        }
        graph = try TensorFlowGraph(chosen.graph, scanner)
        version = chosen.version
        signatures = chosen.signatures.sorted { $0.name < $1.name }
    }

    private static func metaGraph(_ range: Range<Int>, _ scanner: WireScanner) throws(Fault) -> MetaGraph {
        var meta = MetaGraph()
        var message = scanner.message(range)
        while let field = try message.next() {
            guard case .bytes(let content) = field.payload else { continue }
            switch field.number {
            case 1:
                var message = scanner.message(content)
                while let part = try message.next() {
                    guard case .bytes(let text) = part.payload else { continue }
                    if part.number == 4, meta.tags.count < maxSignatures { meta.tags.append(try scanner.text(text)) }
                    if part.number == 5 { meta.version = try scanner.text(text) }
                }
            case 2: meta.graph.append(content)
            case 5:
                guard meta.signatures.count < maxSignatures else {
                    throw .tooMany(path: scanner.source.path, what: "signatures", limit: maxSignatures)
                }
                meta.signatures.append(try signature(content, scanner))
            default: break
            }
        }
        return meta
    }

    /// An entry of the map of signatures.
    private static func signature(_ range: Range<Int>, _ scanner: WireScanner) throws(Fault) -> Signature {
        var signature = Signature(name: "")
        var message = scanner.message(range)
        while let field = try message.next() {
            guard case .bytes(let content) = field.payload else { continue }
            if field.number == 1 { signature.name = try scanner.text(content) }
            guard field.number == 2 else { continue }
            var message = scanner.message(content)
            while let part = try message.next() {
                guard case .bytes(let entry) = part.payload, part.number == 1 || part.number == 2 else { continue }
                guard signature.inputs.count + signature.outputs.count < maxSignatures else {
                    throw .tooMany(path: scanner.source.path, what: "inputs and outputs", limit: maxSignatures)
                }
                var message = scanner.message(entry)
                while let pair = try message.next() {
                    guard case (2, .bytes(let info)) = (pair.number, pair.payload) else { continue }
                    var message = scanner.message(info)
                    while let detail = try message.next() {
                        guard case (1, .bytes(let text)) = (detail.number, detail.payload) else { continue }
                        let name = try scanner.text(text)
                        if part.number == 1 { signature.inputs.append(name) } else { signature.outputs.append(name) }
                    }
                }
            }
        }
        return signature
    }

    /// Names of the values that the model computes: those of the serving signature, and of the others where they are
    /// parts of the same graph. Signatures that are functions of their own would give every node twice.
    var outputs: [String] {
        let useful = signatures.filter { !$0.inputs.isEmpty && !$0.outputs.isEmpty }
        let main = useful.first { $0.name == "serving_default" } ?? useful.first
        let isCall = useful.contains { signature in
            signature.outputs.contains { output in
                let node = String(output.split(separator: ":").first ?? "")
                return graph.main.index(node).map { graph.main.nodes[$0].function("f") != nil } ?? false
            }
        }
        var names: [String] = []
        for signature in isCall ? main.map({ [$0] }) ?? [] : useful {
            for output in signature.outputs where !names.contains(output) { names.append(output) }
        }
        return names
    }
}

/// Faults that are found in several places of this file.
extension Fault {
    fileprivate static func tooMany(path: String, what: String, limit: Int) -> Fault {
        Fault(.tensorFlowTooMany, in: path, "has more than \(limit) \(what)", advice: "the file is damaged or hostile")
    }
}
