import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText
import CAlbit

// The functions of albit.h; what they mean stands there. Each ends with a status and, where it fails, the thread's
// message: no fault crosses the border.

/// Where a function puts its answers.
public typealias Answers = UnsafeMutablePointer<UnsafeMutablePointer<albit_answers>?>

@c @implementation
public func albit_abi_version() -> UInt32 { UInt32(ALBIT_ABI_VERSION) }

@c @implementation
public func albit_version() -> UnsafePointer<CChar>! {
    UnsafeRawPointer(Release.number.utf8Start).assumingMemoryBound(to: CChar.self)
}

@c @implementation
public func albit_default_open_options() -> albit_open_options { albit_open_options(threads: 1, kernel: nil) }

@c @implementation
public func albit_default_options() -> albit_options {
    albit_options(
        max_length: 0, strict: false, characters: false, top: 0, stride: -1, aggregation: ALBIT_AGGREGATION_WORD,
        max_answer_tokens: 15, allows_no_answer: false, pooling: nil, scaling: ALBIT_SCALING_MODEL, embeddings: false,
        sentences: 0,
        ratio: 0.2, method: nil, prompt: nil)
}

@c @implementation
public func albit_open(
    _ path: UnsafePointer<CChar>!, _ options: UnsafePointer<albit_open_options>!,
    _ model: UnsafeMutablePointer<OpaquePointer?>!
) -> albit_status {
    guard let model else { return failed(QuestionTexts.missing("model")) }
    model.pointee = nil
    guard let path else { return failed(QuestionTexts.missing("path")) }
    do throws(Fault) {
        let handle = try ModelHandle(
            path: String(cString: path), options?.pointee ?? albit_default_open_options())
        model.pointee = OpaquePointer(Unmanaged.passRetained(handle).toOpaque())
        return succeeded()
    } catch {
        return failed(error)
    }
}

@c @implementation
public func albit_close(_ model: OpaquePointer!) {
    guard let model else { return }
    Unmanaged<ModelHandle>.fromOpaque(UnsafeRawPointer(model)).release()
}

@c @implementation
public func albit_card(_ model: OpaquePointer!) -> UnsafePointer<CChar>! {
    guard let model else { return nil }
    return UnsafePointer(Unmanaged<ModelHandle>.fromOpaque(UnsafeRawPointer(model)).takeUnretainedValue().card)
}

@c @implementation
public func albit_classify(
    _ model: OpaquePointer!, _ texts: UnsafePointer<albit_texts>!, _ options: UnsafePointer<albit_options>!,
    _ answers: Answers!
) -> albit_status { ask(.classify, model, texts, options, answers) }

@c @implementation
public func albit_tag(
    _ model: OpaquePointer!, _ texts: UnsafePointer<albit_texts>!, _ options: UnsafePointer<albit_options>!,
    _ answers: Answers!
) -> albit_status { ask(.tag, model, texts, options, answers) }

@c @implementation
public func albit_answer_questions(
    _ model: OpaquePointer!, _ texts: UnsafePointer<albit_texts>!, _ options: UnsafePointer<albit_options>!,
    _ answers: Answers!
) -> albit_status { ask(.answer, model, texts, options, answers) }

@c @implementation
public func albit_fill(
    _ model: OpaquePointer!, _ texts: UnsafePointer<albit_texts>!, _ options: UnsafePointer<albit_options>!,
    _ answers: Answers!
) -> albit_status { ask(.fill, model, texts, options, answers) }

@c @implementation
public func albit_embed(
    _ model: OpaquePointer!, _ texts: UnsafePointer<albit_texts>!, _ options: UnsafePointer<albit_options>!,
    _ answers: Answers!
) -> albit_status { ask(.embed, model, texts, options, answers) }

@c @implementation
public func albit_order(
    _ model: OpaquePointer!, _ texts: UnsafePointer<albit_texts>!, _ options: UnsafePointer<albit_options>!,
    _ answers: Answers!
) -> albit_status { ask(.order, model, texts, options, answers) }

@c @implementation
public func albit_choose(
    _ model: OpaquePointer!, _ text: UnsafePointer<CChar>!, _ text_length: Int,
    _ choices: UnsafePointer<albit_texts>!, _ options: UnsafePointer<albit_options>!, _ answers: Answers!
) -> albit_status {
    var single: UnsafePointer<CChar>? = text
    var length = text_length
    return withUnsafePointer(to: &single) { texts in
        withUnsafePointer(to: &length) { lengths in
            var asked = albit_texts(count: 1, texts: texts, lengths: lengths, pairs: nil, pair_lengths: nil)
            return ask(.choose, model, &asked, options, answers, candidates: choices)
        }
    }
}

@c @implementation
public func albit_match(
    _ model: OpaquePointer!, _ texts: UnsafePointer<albit_texts>!, _ candidates: UnsafePointer<albit_texts>!,
    _ options: UnsafePointer<albit_options>!, _ answers: Answers!
) -> albit_status { ask(.match, model, texts, options, answers, candidates: candidates) }

@c @implementation
public func albit_summarize(
    _ model: OpaquePointer!, _ texts: UnsafePointer<albit_texts>!, _ options: UnsafePointer<albit_options>!,
    _ answers: Answers!
) -> albit_status { ask(.summarize, model, texts, options, answers) }

@c @implementation
public func albit_tokenize(
    _ model: OpaquePointer!, _ texts: UnsafePointer<albit_texts>!, _ options: UnsafePointer<albit_options>!,
    _ answers: Answers!
) -> albit_status { ask(.tokenize, model, texts, options, answers) }

@c @implementation
public func albit_encode(
    _ model: OpaquePointer!, _ sequences: UnsafePointer<albit_sequences>!, _ answers: Answers!
) -> albit_status {
    guard let answers else { return failed(QuestionTexts.missing("answers")) }
    answers.pointee = nil
    guard let model else { return failed(QuestionTexts.missing("model")) }
    do throws(Fault) {
        answers.pointee = try HiddenStates.encode(
            Unmanaged<ModelHandle>.fromOpaque(UnsafeRawPointer(model)).takeUnretainedValue(), sequences)
        return succeeded()
    } catch {
        return failed(error)
    }
}

/// What a function asks.
private enum Task { case classify, tag, answer, fill, embed, order, choose, match, summarize, tokenize }

private func ask(
    _ task: Task, _ model: OpaquePointer?, _ texts: UnsafePointer<albit_texts>?,
    _ options: UnsafePointer<albit_options>?, _ answers: Answers?, candidates: UnsafePointer<albit_texts>? = nil
) -> albit_status {
    guard let answers else { return failed(QuestionTexts.missing("answers")) }
    answers.pointee = nil
    guard let model else { return failed(QuestionTexts.missing("model")) }
    do throws(Fault) {
        let handle = Unmanaged<ModelHandle>.fromOpaque(UnsafeRawPointer(model)).takeUnretainedValue()
        let asked = try QuestionTexts.read(texts)
        let session = try handle.take()
        defer { handle.giveBack(session) }
        var question = try Question(handle.model, session, options?.pointee ?? albit_default_options())
        switch task {
        case .classify: try question.classify(asked)
        case .tag: try question.tag(asked)
        case .answer: try question.answer(asked)
        case .fill: try question.fill(asked)
        case .embed: try question.embed(asked)
        case .order: try question.order(asked)
        case .choose: try question.choose(asked[0].text, QuestionTexts.single(candidates))
        case .match: try question.match(asked.map { $0.text }, QuestionTexts.single(candidates))
        case .summarize: try question.summarize(asked)
        case .tokenize: try question.tokenize(asked)
        }
        answers.pointee = try question.answers.block()
        return succeeded()
    } catch {
        return failed(error)
    }
}

private func succeeded() -> albit_status {
    albit_keep_error("", 0)
    return ALBIT_OK
}

private func failed(_ fault: Fault) -> albit_status {
    var text = fault.description
    text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { albit_keep_error($0.baseAddress, $0.count) }
    }
    return switch fault.code.exitCode {
    case .check: ALBIT_CHECK_FAILED
    case .usage: ALBIT_WRONG_USE
    case .machine: ALBIT_MACHINE
    default: ALBIT_BAD_INPUT
    }
}
