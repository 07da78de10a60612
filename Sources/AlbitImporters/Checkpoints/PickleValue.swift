/// A value on the stack of the pickle machine. Containers live in the machine's arena, so that neither nesting
/// nor cycles cost stack, and sharing costs nothing.
package enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    /// Little-endian two's complement of an integer beyond 64 bits.
    case bigInteger([UInt8])
    case float(Double)
    case string(String)
    case bytes([UInt8])
    /// Index in `PickleMachine.nodes`.
    case node(Int)

    var integer: Int? {
        switch self {
        case .integer(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    var string: String? {
        if case .string(let value) = self { value } else { nil }
    }
}

/// A container or one of the few objects that tensors need.
package enum PickleNode {
    case tuple([PickleValue])
    case list([PickleValue])
    case dictionary([(key: PickleValue, value: PickleValue)])
    case global(PickleGlobal)
    case storage(PickleStorage)
    case tensor(PickleTensor)
    /// An instance of an inert class: its state is data, nothing runs.
    case object(className: String, state: PickleValue)
}

/// Where a tensor's elements are.
package struct PickleStorage {
    var key: String
    /// Nil for an untyped storage, whose count is in bytes.
    var dtype: TensorType?
    var count: Int
    /// Elements skipped at the start: legacy files have storages that are views of others.
    var offset = 0
}

/// A tensor as `_rebuild_tensor_v2` describes it; strides and offset in elements.
package struct PickleTensor {
    var storage: PickleStorage
    var dtype: TensorType
    var offset: Int
    var shape: [Int]
    var strides: [Int]
}

/// The Python names that the machine knows; anything else ends the import.
package enum PickleGlobal {
    case storageType(TensorType?)
    case dtype(TensorType)
    case rebuildTensor
    case rebuildTensorV3
    case rebuildParameter
    case rebuildFromType
    case dictionary
    case defaultDictionary
    case sequence
    case set
    /// Returns its first argument: `torch.jit._pickle.build_intlist` and kin.
    case firstArgument
    case encode
    case reconstructor
    /// A class whose instances are records: never called, state kept as data.
    case inert(String)

    /// `module name` as in the file; nil where it is not on the list.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("torch", _) where name.hasSuffix("Storage"):
            guard let type = PickleGlobal.storages[String(name.dropLast(7))] else { return nil }
            self = .storageType(type)
        case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"): self = .storageType(nil)
        case ("torch", _) where PickleGlobal.dtypes[name] != nil: self = .dtype(PickleGlobal.dtypes[name] ?? .float32)
        case ("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensorV3
        case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
            self = .rebuildParameter
        case ("torch._tensor", "_rebuild_from_type_v2"): self = .rebuildFromType
        case ("collections", "OrderedDict"), ("builtins", "dict"), ("__builtin__", "dict"): self = .dictionary
        case ("collections", "defaultdict"), ("collections", "Counter"): self = .defaultDictionary
        case ("torch", "Size"), ("builtins", "list"), ("builtins", "tuple"), ("__builtin__", "list"): self = .sequence
        case ("builtins", "set"), ("__builtin__", "set"), ("builtins", "frozenset"), ("__builtin__", "frozenset"):
            self = .set
        case ("torch.jit._pickle", _) where name.hasPrefix("build_") || name == "restore_type_tag":
            self = .firstArgument
        case ("_codecs", "encode"): self = .encode
        case ("copy_reg", "_reconstructor"), ("copyreg", "_reconstructor"): self = .reconstructor
        case _ where PickleGlobal.inert.contains(module + " " + name) || module.hasPrefix("__torch__"):
            self = .inert(module + "." + name)
        default: return nil
        }
    }

    static let storages: [String: TensorType] = [
        "Float": .float32, "Double": .float64, "Half": .float16, "BFloat16": .bfloat16, "Long": .int64, "Int": .int32,
        "Short": .int16, "Char": .int8, "Byte": .uint8, "Bool": .bool,
    ]

    static let dtypes: [String: TensorType] = [
        "float32": .float32, "float": .float32, "float64": .float64, "double": .float64, "float16": .float16,
        "half": .float16,
        "bfloat16": .bfloat16, "int64": .int64, "int32": .int32, "int16": .int16, "int8": .int8, "uint8": .uint8,
        "bool": .bool,
    ]

    /// Records that trainers leave beside the weights. Their constructors are never run.
    private static let inert: Set<String> = [
        "argparse Namespace", "types SimpleNamespace", "torch device", "torch.serialization _get_layout",
        "torch strided",
        "pathlib PosixPath", "pathlib PurePosixPath", "pathlib Path", "datetime datetime", "datetime timedelta",
        "numpy dtype", "numpy ndarray", "numpy.core.multiarray scalar", "numpy.core.multiarray _reconstruct",
        "numpy._core.multiarray scalar", "numpy._core.multiarray _reconstruct", "builtins object", "__builtin__ object",
        "torch Generator", "transformers.training_args TrainingArguments",
        "transformers.trainer_utils IntervalStrategy",
        "transformers.trainer_utils SchedulerType", "transformers.trainer_utils HubStrategy",
        "transformers.training_args OptimizerNames", "pytorch_lightning.utilities.parsing AttributeDict",
        "lightning.fabric.utilities.data AttributeDict", "lightning_fabric.utilities.data AttributeDict",
    ]

    /// Names that mean quantized tensors: a message of their own.
    static func isQuantized(module: String, name: String) -> Bool {
        (module == "torch"
            && (name.hasPrefix("Q") && name.hasSuffix("Storage") || name.hasPrefix("qint") || name.hasPrefix("quint")))
            || name.contains("_rebuild_qtensor") || name.hasPrefix("per_tensor_") || name.hasPrefix("per_channel_")
            || module.hasPrefix("torch.ao.") || module.hasPrefix("torch.quantization")
    }
}
