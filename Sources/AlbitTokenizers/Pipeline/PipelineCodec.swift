/// The pipeline as bytes for the model file; formats/tokenizers.md lists the codes.
package enum PipelineCodec {
    static let version: UInt8 = 1
    private static let maxSteps = 64

    package static func encode(_ pipeline: TokenizerPipeline) -> [UInt8] {
        var out = PipelineWriter()
        out.byte(version)
        out.byte((pipeline.trimsOffsets ? 1 : 0) | (pipeline.addsPrefixSpace ? 2 : 0))
        out.text(pipeline.continuation)
        out.number(pipeline.normalizers.count)
        for step in pipeline.normalizers { encode(step, &out) }
        out.number(pipeline.preTokenizers.count)
        for step in pipeline.preTokenizers { encode(step, &out) }
        return out.bytes
    }

    /// nil where the bytes are no pipeline that this program knows.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> TokenizerPipeline? {
        var input = PipelineReader(bytes: bytes)
        guard input.byte() == version, let flags = input.byte(), flags < 4, let continuation = input.text() else {
            return nil
        }
        var pipeline = TokenizerPipeline()
        pipeline.trimsOffsets = flags & 1 != 0
        pipeline.addsPrefixSpace = flags & 2 != 0
        pipeline.continuation = continuation
        guard let normalizers = input.number(), normalizers <= maxSteps else { return nil }
        for _ in 0..<normalizers {
            guard let step = normalizer(&input) else { return nil }
            pipeline.normalizers.append(step)
        }
        guard let preTokenizers = input.number(), preTokenizers <= maxSteps else { return nil }
        for _ in 0..<preTokenizers {
            guard let step = preTokenizer(&input) else { return nil }
            pipeline.preTokenizers.append(step)
        }
        return input.isAtEnd && pipeline.isBounded ? pipeline : nil
    }

    private static func encode(_ step: NormalizerStep, _ out: inout PipelineWriter) {
        switch step {
        case .cleanText: out.byte(1)
        case .spaceIdeographs: out.byte(2)
        case .stripNonspacingMarks: out.byte(3)
        case .form(let form):
            out.byte(4)
            out.byte(form.rawValue)
        case .lowercase: out.byte(5)
        case .strip(let left, let right):
            out.byte(6)
            out.byte((left ? 1 : 0) | (right ? 2 : 0))
        case .stripAccents: out.byte(7)
        case .nmt: out.byte(8)
        case .prepend(let prefix):
            out.byte(9)
            out.text(prefix)
        case .replace(let pattern, let content):
            out.byte(10)
            out.pattern(pattern)
            out.text(content)
        case .precompiled: out.byte(11)
        }
    }

    private static func normalizer(_ input: inout PipelineReader) -> NormalizerStep? {
        switch input.byte() {
        case 1?: return .cleanText
        case 2?: return .spaceIdeographs
        case 3?: return .stripNonspacingMarks
        case 4?:
            guard let byte = input.byte(), let form = UnicodeForm(rawValue: byte) else { return nil }
            return .form(form)
        case 5?: return .lowercase
        case 6?:
            guard let byte = input.byte(), byte < 4 else { return nil }
            return .strip(left: byte & 1 != 0, right: byte & 2 != 0)
        case 7?: return .stripAccents
        case 8?: return .nmt
        case 9?:
            guard let prefix = input.text() else { return nil }
            return .prepend(prefix)
        case 10?:
            guard let pattern = input.pattern(), let content = input.text() else { return nil }
            return .replace(pattern, with: content)
        case 11?: return .precompiled
        default: return nil
        }
    }

    private static func encode(_ step: PreTokenizerStep, _ out: inout PipelineWriter) {
        switch step {
        case .whitespace: out.byte(1)
        case .whitespaceSplit: out.byte(2)
        case .punctuation(let behavior):
            out.byte(3)
            out.byte(behavior.rawValue)
        case .digits(let individual):
            out.byte(4)
            out.byte(individual ? 1 : 0)
        case .split(let pattern, let behavior, let inverted):
            out.byte(5)
            out.pattern(pattern)
            out.byte(behavior.rawValue)
            out.byte(inverted ? 1 : 0)
        case .delimiter(let code):
            out.byte(6)
            out.number(Int(code))
        case .metaspace(let metaspace):
            out.byte(7)
            out.text(metaspace.replacement)
            out.byte(metaspace.scheme.rawValue)
            out.byte(metaspace.splits ? 1 : 0)
        case .character: out.byte(8)
        }
    }

    private static func preTokenizer(_ input: inout PipelineReader) -> PreTokenizerStep? {
        switch input.byte() {
        case 1?: return .whitespace
        case 2?: return .whitespaceSplit
        case 3?:
            guard let byte = input.byte(), let behavior = SplitBehavior(rawValue: byte) else { return nil }
            return .punctuation(behavior)
        case 4?:
            guard let byte = input.byte(), byte < 2 else { return nil }
            return .digits(individual: byte == 1)
        case 5?:
            guard let pattern = input.pattern(), let byte = input.byte(), let behavior = SplitBehavior(rawValue: byte),
                let inverted = input.byte(), inverted < 2
            else { return nil }
            return .split(pattern, behavior, inverted: inverted == 1)
        case 6?:
            guard let code = input.number(), code <= 0x10FFFF else { return nil }
            return .delimiter(UInt32(code))
        case 7?:
            guard let replacement = input.text(), !replacement.isEmpty, let byte = input.byte(),
                let scheme = Metaspace.Scheme(rawValue: byte), let splits = input.byte(), splits < 2
            else { return nil }
            return .metaspace(Metaspace(replacement: replacement, scheme: scheme, splits: splits == 1))
        case 8?: return .character
        default: return nil
        }
    }
}
