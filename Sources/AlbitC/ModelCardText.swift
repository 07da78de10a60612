import AlbitModel
import AlbitRuntime
import AlbitTasks
import AlbitText

/// The card of a model for `albit_card`.
enum ModelCardText {
    static func json(_ model: Model, _ kernel: Kernel) -> [UInt8] {
        let configuration = model.weights.configuration
        let card = model.card
        let pipeline = card.sentence ?? SentencePipeline(.mean)
        var json = JSONWriter()
        json.beginObject()
        json.member("name")
        json.string(card.name)
        json.member("architecture")
        json.string(configuration.architecture.name)
        json.member("vocabulary")
        json.integer(configuration.vocabSize)
        json.member("hiddenSize")
        json.integer(configuration.hiddenSize)
        json.member("layers")
        json.integer(configuration.appliedLayers)
        json.member("maxSequenceLength")
        json.integer(TaskContext.maxLength(model, wanted: nil))
        json.member("heads")
        json.beginArray()
        for head in card.heads { json.string(head.name) }
        json.endArray()
        json.member("labels")
        json.beginArray()
        for label in card.labelNames(count: model.weights.classifier?.rows ?? 0) { json.string(label) }
        json.endArray()
        json.member("problemType")
        if let rows = model.weights.classifier?.rows, card.heads.contains(.sequenceClassification) {
            json.string(card.problemType(labelCount: rows).rawValue)
        } else {
            json.null()
        }
        json.member("pooling")
        json.string(pipeline.name)
        json.member("embeddingSize")
        json.integer(pipeline.width(hiddenSize: configuration.hiddenSize))
        json.member("prompts")
        json.beginObject()
        for prompt in card.prompts.prompts {
            json.member(prompt.name)
            json.string(prompt.text)
        }
        json.endObject()
        json.member("license")
        if let license = card.license { json.string(license) } else { json.null() }
        json.member("hasTokenizer")
        json.bool(model.tokenizer != nil)
        json.member("kernel")
        json.string(kernel.name)
        json.member("drift")
        if let drift = card.drift, let value = try? JSONValue(parsing: drift) { json.value(value) } else { json.null() }
        json.endObject()
        return json.bytes
    }
}
