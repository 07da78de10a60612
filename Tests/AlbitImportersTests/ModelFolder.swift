import Foundation
import TestData

/// A copy of a folder of the zoo with another configuration or other names of tensors: what a person may have.
struct ModelFolder {
    let path: String

    /// Copies `model.safetensors` and `config.json` of a folder inside the zoo.
    init(_ name: String) throws {
        try self.init(copy: Zoo.directory + "/" + name)
    }

    init(copy folder: String) throws {
        path = try TestData.temporaryDirectory()
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
            try FileManager.default.copyItem(atPath: folder + "/" + file, toPath: path + "/" + file)
        }
    }

    /// Changes members of a JSON file; nil takes one out.
    @discardableResult
    func configure(_ changes: [String: Any?], in file: String = "config.json") throws -> Self {
        let url = URL(filePath: path + "/" + file)
        var members = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] ?? [:]
        for (name, value) in changes { members[name] = value }
        try JSONSerialization.data(withJSONObject: members).write(to: url)
        return self
    }

    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: path + "/" + file) }

    /// Adds a tensor of one float to `model.safetensors`.
    func add(_ name: String) throws {
        let url = URL(filePath: path + "/model.safetensors")
        let bytes = [UInt8](try Data(contentsOf: url))
        let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        var header = try JSONSerialization.jsonObject(with: Data(bytes[8..<(8 + length)])) as? [String: Any] ?? [:]
        let data = bytes[(8 + length)...]
        header[name] = ["dtype": "F32", "shape": [1], "data_offsets": [data.count, data.count + 4]] as [String: Any]
        let text = try JSONSerialization.data(withJSONObject: header)
        let prefix = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        try Data(prefix + [UInt8](text) + data + [0, 0, 0, 0]).write(to: url)
    }

    /// Gives the tensors of `model.safetensors` other names; nil takes one out.
    @discardableResult
    func rename(_ change: (String) -> String?) throws -> Self {
        let url = URL(filePath: path + "/model.safetensors")
        let bytes = [UInt8](try Data(contentsOf: url))
        let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONSerialization.jsonObject(with: Data(bytes[8..<(8 + length)])) as? [String: Any] ?? [:]
        var renamed: [String: Any] = [:]
        var data: [UInt8] = []
        for (name, value) in header.sorted(by: { $0.key < $1.key }) {
            guard var entry = value as? [String: Any], let offsets = entry["data_offsets"] as? [Int] else { continue }
            guard let other = change(name) else { continue }
            entry["data_offsets"] = [data.count, data.count + offsets[1] - offsets[0]]
            data += bytes[(8 + length + offsets[0])..<(8 + length + offsets[1])]
            renamed[other] = entry
        }
        let text = try JSONSerialization.data(withJSONObject: renamed)
        let prefix = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        try Data(prefix + [UInt8](text) + data).write(to: url)
        return self
    }
}
