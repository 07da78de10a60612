import AlbitText

/// Interprets pickles of tensors (protocols 2 to 5) without executing anything: a stack, a memo, and a list of
/// names that are allowed. Source: CPython's Lib/pickletools.py and torch/serialization.py.
package struct PickleMachine {
    /// Bounds: a state dict needs a hundred bytes of pickle and ten nodes a tensor.
    static let maxBytes = 32 << 20
    static let maxNodes = 1 << 20
    static let maxStack = 1 << 20
    static let maxMemo = 1 << 20
    static let maxDepth = 64
    static let maxVisits = 1 << 18

    let path: String
    private let bytes: [UInt8]
    private(set) var offset: Int
    private(set) var nodes: [PickleNode] = []
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]

    package init(_ bytes: [UInt8], at offset: Int = 0, path: String) {
        self.bytes = bytes
        self.offset = offset
        self.path = path
    }

    // Nodes --------------------------------------------------------------------------------------------

    private mutating func make(_ node: PickleNode) -> PickleValue {
        nodes.append(node)
        return .node(nodes.count - 1)
    }

    func node(_ value: PickleValue) -> PickleNode? {
        if case .node(let index) = value, nodes.indices.contains(index) { nodes[index] } else { nil }
    }

    /// Members of a tuple or list.
    func sequence(_ value: PickleValue) -> [PickleValue]? {
        switch node(value) {
        case .tuple(let members), .list(let members): members
        default: nil
        }
    }

    private func integers(_ value: PickleValue) -> [Int]? {
        guard let members = sequence(value) else { return nil }
        let found = members.compactMap(\.integer)
        return found.count == members.count ? found : nil
    }

    // Input --------------------------------------------------------------------------------------------

    private mutating func take(_ count: Int) throws(Fault) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - offset else {
            throw PickleFault.truncated(path: path, offset: bytes.count)
        }
        defer { offset += count }
        return bytes[offset..<(offset + count)]
    }

    private mutating func unsigned(_ count: Int) throws(Fault) -> Int {
        var value: UInt64 = 0
        for (i, byte) in try take(count).enumerated() { value |= UInt64(byte) << UInt64(8 * i) }
        guard let exact = Int(exactly: value) else { throw PickleFault.truncated(path: path, offset: offset) }
        return exact
    }

    private mutating func text(_ count: Int) throws(Fault) -> String {
        let start = offset
        // Lone surrogates may stand in Python strings; such a name is none of a tensor.
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw PickleFault.badArgument(path: path, what: "a string that is not UTF-8", offset: start)
        }
        return text
    }

    private mutating func line() throws(Fault) -> String {
        let start = offset
        while offset < bytes.count && bytes[offset] != 0x0A { offset += 1 }
        guard offset < bytes.count else { throw PickleFault.truncated(path: path, offset: bytes.count) }
        defer { offset += 1 }
        guard let text = String(validating: bytes[start..<offset], as: UTF8.self) else {
            throw PickleFault.badArgument(path: path, what: "a name that is not UTF-8", offset: start)
        }
        return text
    }

    // Stack --------------------------------------------------------------------------------------------

    private mutating func pop() throws(Fault) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
            throw PickleFault.stackUnderflow(path: path, offset: offset)
        }
        return value
    }

    private func top() throws(Fault) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.last else {
            throw PickleFault.stackUnderflow(path: path, offset: offset)
        }
        return value
    }

    private mutating func popMark() throws(Fault) -> [PickleValue] {
        guard let mark = marks.popLast(), mark <= stack.count else {
            throw Fault(
                .pickleNoMark, in: path, "the pickle needs a mark at byte \(offset), but has none",
                advice: "the file is damaged, download it again")
        }
        let values = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return values
    }

    private mutating func remember(_ index: Int) throws(Fault) {
        guard index < PickleMachine.maxMemo else { throw PickleFault.badMemo(path: path, index: index, offset: offset) }
        memo[index] = try top()
    }

    private mutating func recall(_ index: Int) throws(Fault) {
        guard let value = memo[index] else { throw PickleFault.badMemo(path: path, index: index, offset: offset) }
        stack.append(value)
    }

    // Running ------------------------------------------------------------------------------------------

    /// Runs to STOP and returns the value on top; `offset` is then the byte behind it.
    package mutating func run() throws(Fault) -> PickleValue {
        while true {
            let start = offset
            let byte = try take(1).first ?? 0
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw Fault(
                    .pickleUnknownOpcode, in: path,
                    "the pickle has opcode \(byte) at byte \(start), which files of tensors never use",
                    advice: "save the state_dict with torch.save")
            }
            if opcode == .stop { return try pop() }
            try step(opcode, start)
            guard stack.count <= PickleMachine.maxStack, nodes.count <= PickleMachine.maxNodes,
                marks.count <= PickleMachine.maxStack
            else { throw PickleFault.tooManyValues(path: path, limit: PickleMachine.maxNodes) }
        }
    }

    private mutating func step(_ opcode: PickleOpcode, _ start: Int) throws(Fault) {
        switch opcode {
        case .proto:
            let version = try unsigned(1)
            guard (2...5).contains(version) else {
                throw Fault(
                    .pickleUnknownProtocol, in: path, "pickle protocol \(version)", expected: "2 to 5",
                    advice: "save it again with torch.save")
            }
        case .frame: _ = try take(8)
        case .mark: marks.append(stack.count)
        case .pop:
            if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popMark()
        case .dup: stack.append(try top())
        case .none: stack.append(.none)
        case .newTrue: stack.append(.bool(true))
        case .newFalse: stack.append(.bool(false))
        case .binInt: stack.append(.integer(Int(Int32(truncatingIfNeeded: try unsigned(4)))))
        case .binInt1: stack.append(.integer(try unsigned(1)))
        case .binInt2: stack.append(.integer(try unsigned(2)))
        case .long1: stack.append(long(try take(try unsigned(1))))
        case .long4: stack.append(long(try take(try unsigned(4))))
        case .binFloat:
            let bits = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            stack.append(.float(Double(bitPattern: bits)))
        case .shortBinUnicode: stack.append(.string(try text(try unsigned(1))))
        case .binUnicode: stack.append(.string(try text(try unsigned(4))))
        case .binUnicode8: stack.append(.string(try text(try unsigned(8))))
        case .shortBinString, .shortBinBytes: stack.append(.bytes(Array(try take(try unsigned(1)))))
        case .binString, .binBytes: stack.append(.bytes(Array(try take(try unsigned(4)))))
        case .binBytes8, .byteArray8: stack.append(.bytes(Array(try take(try unsigned(8)))))
        case .binGet: try recall(try unsigned(1))
        case .longBinGet: try recall(try unsigned(4))
        case .binPut: try remember(try unsigned(1))
        case .longBinPut: try remember(try unsigned(4))
        case .memoize: try remember(memo.count)
        case .emptyList: stack.append(make(.list([])))
        case .emptyTuple: stack.append(make(.tuple([])))
        case .emptyDict: stack.append(make(.dictionary([])))
        case .emptySet: stack.append(make(.list([])))
        case .tuple: stack.append(make(.tuple(try popMark())))
        case .list, .frozenSet: stack.append(make(.list(try popMark())))
        case .tuple1, .tuple2, .tuple3:
            var members: [PickleValue] = []
            for _ in 0...(opcode.rawValue - PickleOpcode.tuple1.rawValue) { members.insert(try pop(), at: 0) }
            stack.append(make(.tuple(members)))
        case .dict: stack.append(make(.dictionary(try pairs(try popMark()))))
        case .append: try append([try pop()])
        case .appends, .addItems: try append(try popMark())
        case .setItem:
            let value = try pop()
            let key = try pop()
            try set([key, value])
        case .setItems: try set(try popMark())
        default: try stepObject(opcode, start)
        }
    }

    private mutating func stepObject(_ opcode: PickleOpcode, _ start: Int) throws(Fault) {
        switch opcode {
        case .global:
            let module = try line()
            try pushGlobal(module, try line())
        case .stackGlobal:
            let name = try pop()
            guard let name = name.string, let module = try pop().string else {
                throw PickleFault.badArgument(path: path, what: "a global whose name is no string", offset: start)
            }
            try pushGlobal(module, name)
        case .inst:
            let module = try line()
            throw PickleFault.forbiddenGlobal(path: path, name: module + "." + (try line()))
        case .reduce, .newObj:
            let arguments = try pop()
            let callee = try pop()
            stack.append(try call(callee, arguments, start))
        case .newObjEx:
            _ = try pop()
            let arguments = try pop()
            let callee = try pop()
            stack.append(try call(callee, arguments, start))
        case .build:
            let state = try pop()
            build(try top(), state)
        case .binPersID: stack.append(try persistent(try pop(), start))
        default: break
        }
    }

    private func long(_ bytes: ArraySlice<UInt8>) -> PickleValue {
        guard bytes.count <= 8 else { return .bigInteger(Array(bytes)) }
        guard let last = bytes.last else { return .integer(0) }
        var value: UInt64 = last & 0x80 != 0 ? .max : 0
        for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
        return .integer(Int(Int64(bitPattern: value)))
    }

    private func pairs(_ values: [PickleValue]) throws(Fault) -> [(key: PickleValue, value: PickleValue)] {
        guard values.count % 2 == 0 else {
            throw PickleFault.badArgument(path: path, what: "a dictionary with a key that has no value", offset: offset)
        }
        return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
    }

    private mutating func append(_ values: [PickleValue]) throws(Fault) {
        guard case .node(let index) = try top(), case .list(var members) = nodes[index] else {
            throw PickleFault.badArgument(path: path, what: "an append to what is no list", offset: offset)
        }
        nodes[index] = .tuple([])  // Keeps the array unique, so that appending does not copy.
        members += values
        nodes[index] = .list(members)
    }

    private mutating func set(_ values: [PickleValue]) throws(Fault) {
        let added = try pairs(values)
        guard case .node(let index) = try top() else {
            throw PickleFault.badArgument(path: path, what: "an item set on what is no dictionary", offset: offset)
        }
        switch nodes[index] {
        case .dictionary(var members):
            nodes[index] = .tuple([])
            members += added
            nodes[index] = .dictionary(members)
        case .object: break
        default: throw PickleFault.badArgument(path: path, what: "an item set on what is no dictionary", offset: offset)
        }
    }

    // Objects ------------------------------------------------------------------------------------------

    private mutating func pushGlobal(_ module: String, _ name: String) throws(Fault) {
        if PickleGlobal.isQuantized(module: module, name: name) {
            throw Fault(
                .pickleQuantized, in: path, "holds quantized tensors ('\(module).\(name)')",
                advice: "give the checkpoint from before quantization")
        }
        guard let global = PickleGlobal(module: module, name: name) else {
            // The modules behind `os` by platform: say the name that people know.
            let isSystem = module == "posix" || module == "nt"
            throw PickleFault.forbiddenGlobal(path: path, name: (isSystem ? "os" : module) + "." + name)
        }
        stack.append(make(.global(global)))
    }

    private mutating func call(
        _ callee: PickleValue, _ arguments: PickleValue, _ start: Int
    ) throws(Fault) -> PickleValue {
        guard case .global(let global)? = node(callee), let list = sequence(arguments) else {
            throw PickleFault.forbiddenCall(path: path, what: "something that is no function", offset: start)
        }
        func bad(_ what: String) -> Fault { PickleFault.badArgument(path: path, what: what, offset: start) }
        switch global {
        case .rebuildTensor, .rebuildTensorV3:
            guard list.count >= 4, case .storage(let storage)? = node(list[0]), let offset = list[1].integer,
                let shape = integers(list[2]), let strides = integers(list[3])
            else { throw bad("a tensor with wrong arguments") }
            var dtype = storage.dtype
            if case .rebuildTensorV3 = global {
                guard list.count >= 7, case .global(.dtype(let type))? = node(list[6]) else {
                    throw bad("a tensor without a type")
                }
                dtype = type
            }
            guard let dtype, shape.count == strides.count, shape.checkedProduct != nil, offset >= 0 else {
                throw bad("a tensor with an impossible shape")
            }
            return make(
                .tensor(PickleTensor(storage: storage, dtype: dtype, offset: offset, shape: shape, strides: strides)))
        case .rebuildParameter, .firstArgument:
            guard let first = list.first else { throw bad("a call without arguments") }
            return first
        case .rebuildFromType:
            guard list.count >= 3 else { throw bad("a tensor with wrong arguments") }
            return try call(list[0], list[2], start)
        case .dictionary:
            guard let first = list.first else { return make(.dictionary([])) }
            guard let items = sequence(first) else { return first }
            var members: [(key: PickleValue, value: PickleValue)] = []
            for item in items {
                guard let pair = sequence(item), pair.count == 2 else { throw bad("a dictionary of what are no pairs") }
                members.append((pair[0], pair[1]))
            }
            return make(.dictionary(members))
        case .defaultDictionary: return make(.dictionary([]))
        case .sequence: return list.first ?? make(.tuple([]))
        case .set: return make(.list(list.first.flatMap(sequence) ?? []))
        case .encode: return list.first ?? .none
        case .reconstructor:
            guard let first = list.first, case .global(.inert(let name))? = node(first) else {
                throw PickleFault.forbiddenCall(
                    path: path, what: "a constructor of a class that is not allowed", offset: start)
            }
            return make(.object(className: name, state: .none))
        case .inert(let name): return make(.object(className: name, state: arguments))
        case .storageType, .dtype:
            throw PickleFault.forbiddenCall(
                path: path, what: "a storage or type as if it were a function", offset: start)
        }
    }

    /// BUILD: the state of a record; a state dict's `_metadata` is dropped.
    private mutating func build(_ object: PickleValue, _ state: PickleValue) {
        guard case .node(let index) = object, case .object(let name, _) = nodes[index] else { return }
        nodes[index] = .object(className: name, state: state)
    }

    /// `('storage', type, key, location, count)`; legacy files add a sixth element, the view's key, offset and size.
    private mutating func persistent(_ id: PickleValue, _ start: Int) throws(Fault) -> PickleValue {
        guard let list = sequence(id), list.count >= 5, list[0].string == "storage",
            case .global(.storageType(let type))? = node(list[1]), let count = list[4].integer, count >= 0
        else { throw PickleFault.badArgument(path: path, what: "a persistent id that is no storage", offset: start) }
        let key: String
        switch list[2] {
        case .string(let text): key = text
        case .integer(let number): key = String(number)
        default: throw PickleFault.badArgument(path: path, what: "a storage whose key is no string", offset: start)
        }
        var storage = PickleStorage(key: key, dtype: type, count: count)
        if list.count > 5, let view = sequence(list[5]), view.count == 3, let offset = view[1].integer,
            let size = view[2].integer
        {
            guard offset >= 0, size >= 0 else {
                throw PickleFault.badArgument(
                    path: path, what: "a view of a storage with a negative offset", offset: start)
            }
            storage.offset = offset
        }
        return make(.storage(storage))
    }
}
