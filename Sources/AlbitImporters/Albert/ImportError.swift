import AlbitModel

/// Why a source did not become an ALBERT. What is wrong with its container comes as `container`, with the error of
/// that format inside.
package enum ImportError: AlbitError {
    case container(any AlbitError)
    case nothingThere(path: String)
    case noCheckpoint(path: String)
    case severalCheckpoints(path: String, names: [String])
    case unknownFormat(path: String)
    case largeFilePointer(path: String)
    case unsupportedFormat(path: String, format: String)
    case noTransformer(path: String, tensors: Int)
    case severalTransformers(path: String, roots: [String])
    case noSuchRoot(path: String, root: String, roots: [String])
    case missingTensor(path: String, parameter: String, expected: [String])
    case wrongShape(path: String, tensor: String, expected: [Int], found: [Int])
    case noWeights(path: String, tensor: String, reason: String)
    case notFloating(path: String, tensor: String, dtype: String)
    case notFinite(path: String, tensor: String, index: Int)
    case noSuchParameter(path: String, parameter: String)
    case rangeOutside(path: String, parameter: String, range: Range<Int>, count: Int)
    case untiedDecoder(path: String, tensor: String, embeddings: String)
    case copiesDiffer(path: String, tensor: String, other: String)
    case needsPooler(path: String, head: String)
    case noSuchHead(path: String, head: String, heads: [String])
    case labelCount(path: String, labels: Int, rows: Int)
    case labelFileCount(path: String, labels: Int, rows: Int)
    case badLabel(path: String, line: Int, problem: String)
    case configurationUnknown(path: String, missing: String, hint: String)
    case badConfiguration(path: String, problem: String)
    case otherArchitecture(path: String, configured: String, found: String)

    package var failure: Failure {
        if case .container(let error) = self { error.failure } else { .input }
    }

    package var description: String {
        switch self {
        case .container(let error): error.description
        case .nothingThere(let path): "\(path): there is no such file or directory"
        case .noCheckpoint(let path):
            "\(path): holds no checkpoint; expected model.safetensors, pytorch_model.bin, tf_model.h5, flax_model.msgpack, "
                + "a TensorFlow .index file or an ONNX file"
        case .severalCheckpoints(let path, let names):
            "\(path): holds several checkpoints (\(names.joined(separator: ", "))); name one of the files"
        case .unknownFormat(let path):
            "\(path): is of no format that Albit reads; expected safetensors, PyTorch, TensorFlow, Keras HDF5, Flax msgpack, "
                + "ONNX, TFLite, or a .tar.gz of one"
        case .largeFilePointer(let path):
            "\(path): is a Git LFS pointer, not the file itself; fetch it with 'git lfs pull' or download it again"
        case .unsupportedFormat(let path, let format): "\(path): is \(format), which Albit does not read"
        case .noTransformer(let path, let tensors):
            "\(path): none of its \(tensors) tensors is the word embedding of an ALBERT or BERT with a layer beside it; "
                + "is this another kind of model?"
        case .severalTransformers(let path, let roots):
            "\(path): holds several transformers; choose one with --root: \(roots.map { "'\($0)'" }.joined(separator: ", "))"
        case .noSuchRoot(let path, let root, let roots):
            "\(path): no transformer under the root '\(root)'; there is \(roots.map { "'\($0)'" }.joined(separator: ", "))"
        case .missingTensor(let path, let parameter, let expected):
            "\(path): \(parameter) is missing; expected a tensor named \(expected.map { "'\($0)'" }.joined(separator: " or "))"
        case .wrongShape(let path, let tensor, let expected, let found):
            "\(path): tensor '\(tensor)' has shape \(found), expected \(expected) by the configuration; is it the right config.json?"
        case .noWeights(let path, let tensor, let reason):
            "\(path): tensor '\(tensor)' should be a weight, but \(reason); give the checkpoint from before quantization or conversion"
        case .notFloating(let path, let tensor, let dtype):
            "\(path): tensor '\(tensor)' is \(dtype), expected F64, F32, F16 or BF16; quantized checkpoints are not read"
        case .notFinite(let path, let tensor, let index):
            "\(path): tensor '\(tensor)' holds NaN or Inf at element \(index); the training that wrote it failed"
        case .noSuchParameter(let path, let parameter): "\(path): has no parameter '\(parameter)'"
        case .rangeOutside(let path, let parameter, let range, let count):
            "\(path): elements \(range.lowerBound) to \(range.upperBound) of '\(parameter)' were asked for, it has \(count)"
        case .untiedDecoder(let path, let tensor, let embeddings):
            "\(path): the decoder '\(tensor)' differs from the word embedding '\(embeddings)' (tie_word_embeddings is false); "
                + "masked-word scores would be wrong, so remove the prediction head or choose another with --task"
        case .copiesDiffer(let path, let tensor, let other):
            "\(path): '\(tensor)' and '\(other)' should be copies of one tensor, but differ; save the model again from the framework that made it"
        case .needsPooler(let path, let head):
            "\(path): \(head) needs the pooler, but its tensors are missing; choose another head with --task"
        case .noSuchHead(let path, let head, let heads):
            "\(path): has no head for \(head); it has \(heads.isEmpty ? "none" : heads.joined(separator: ", ")); choose one of these with --task"
        case .labelCount(let path, let labels, let rows):
            "\(path): id2label names \(labels) labels, but the classifier has \(rows) rows; is it the right config.json?"
        case .labelFileCount(let path, let labels, let rows):
            "\(path): names \(labels) labels, but the classifier has \(rows) rows; give a label a line, in the order of the rows"
        case .badLabel(let path, let line, let problem): "\(path): line \(line) \(problem); give a label a line"
        case .configurationUnknown(let path, let missing, let hint):
            "\(path): there is no config.json beside it, and \(missing) cannot be told from the tensors; \(hint)"
        case .badConfiguration(let path, let problem): "\(path): \(problem)"
        case .otherArchitecture(let path, let configured, let found):
            "\(path): model_type is '\(configured)', but the tensors are those of \(found)"
        }
    }
}

/// Runs what may throw a container's error, and hands it on as an `ImportError`.
func wrapping<T>(_ body: () throws -> T) throws(ImportError) -> T {
    do {
        return try body()
    } catch let error as ImportError {
        throw error
    } catch let error as any AlbitError {
        throw .container(error)
    } catch {
        throw .badConfiguration(path: "", problem: "\(error)")
    }
}
