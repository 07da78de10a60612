/// The smallest ALBERT that imports: a few hundred zeros and ones under Hugging Face's names.
package enum SmallModel {
    static let vocabulary = 8, positions = 4, embedding = 4, hidden = 8, intermediate = 8

    package static let configuration = Array(
        """
        {"model_type": "albert", "vocab_size": \(vocabulary), "embedding_size": \(embedding), "hidden_size": \(hidden),
         "intermediate_size": \(intermediate), "num_attention_heads": 2, "num_hidden_layers": 2, "num_hidden_groups": \
         1, "inner_group_num": 1,
         "hidden_act": "gelu_new", "max_position_embeddings": \(positions), "type_vocab_size": 2, "layer_norm_eps": \
         1e-12}
        """.utf8)

    private static var tensors: [(name: String, shape: [Int])] {
        let layer = "encoder.albert_layer_groups.0.albert_layers.0."
        var list: [(String, [Int])] = [
            ("embeddings.word_embeddings.weight", [vocabulary, embedding]),
            ("embeddings.position_embeddings.weight", [positions, embedding]),
            ("embeddings.token_type_embeddings.weight", [2, embedding]), ("embeddings.LayerNorm.weight", [embedding]),
            ("embeddings.LayerNorm.bias", [embedding]),
        ]
        func dense(_ name: String, _ rows: Int, _ columns: Int) {
            list.append((name + ".weight", [rows, columns]))
            list.append((name + ".bias", [rows]))
        }
        dense("encoder.embedding_hidden_mapping_in", hidden, embedding)
        for part in ["query", "key", "value", "dense"] { dense(layer + "attention." + part, hidden, hidden) }
        dense(layer + "ffn", intermediate, hidden)
        dense(layer + "ffn_output", hidden, intermediate)
        dense("pooler", hidden, hidden)
        for part in ["attention.LayerNorm", "full_layer_layer_norm"] {
            list.append((layer + part + ".weight", [hidden]))
            list.append((layer + part + ".bias", [hidden]))
        }
        return list
    }

    package static func safetensors() -> [UInt8] {
        var header = "{"
        var data: [UInt8] = []
        for (name, shape) in tensors {
            let count = shape.reduce(1, *)
            let extents = shape.map(String.init).joined(separator: ",")
            header += "\(data.isEmpty ? "" : ",")\"\(name)\":{\"dtype\":\"F32\",\"shape\":[\(extents)],"
            header += "\"data_offsets\":[\(data.count),\(data.count + 4 * count)]}"
            for i in 0..<count { withUnsafeBytes(of: Float((i * 7 % 13) - 6).bitPattern.littleEndian) { data += $0 } }
        }
        header += "}"
        while header.utf8.count % 8 != 0 { header += " " }
        return withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
    }
}
