import AlbitModel
import AlbitText

/// A LoRA adapter of PEFT, added to the weights of its base as `merge_and_unload` does.
struct LoRAAdapter {
    let configuration: AdapterConfiguration
    /// Where the tensors come from.
    let path: String
    let tensors: AdapterTensors
    /// Files that belong to the source by the adapter, for its digest.
    let files: [any ByteSource]

    /// What was done, for the report.
    private struct Outcome {
        var merged: [String] = []
        var replaced: [String] = []
        var used = Set<String>()
    }

    /// Adds the updates to parameters in canonical orientation, and puts trained modules in the place of the base's.
    /// The adapter's names are those of Hugging Face, whatever names the base has.
    func merge(
        into parameters: inout [Parameter: any LazyTensor], of configuration: Configuration,
        _ report: inout ImportReport
    ) throws(Fault) {
        report.read(self.configuration.review)
        let family = NamingFamily.huggingFace(configuration.architecture)
        var outcome = Outcome()
        for parameter in Parameter.optional + Parameter.required(configuration) {
            let places = family.places(of: parameter, innerGroups: configuration.innerGroupNum)
            try replace(parameter, places, &parameters, &report, &outcome)
            try add(parameter, places, &parameters, &report, &outcome)
        }
        let names = tensors.pairs.keys + (files.isEmpty ? [] : tensors.rest.map(\.name))
        if let left = names.filter({ !outcome.used.contains($0) && IgnoredNames.reason($0) == nil }).min() {
            throw Fault(
                .importAdapterMismatch, in: path, "changes '\(left)', which the base does not have",
                advice: "is it the base that the adapter was trained on"
                    + (self.configuration.base.map { ", '\($0)'" } ?? "") + "?")
        }
        report.notes.append(
            "the LoRA adapter \(path) is merged into \(outcome.merged.count) weights"
                + (outcome.merged.isEmpty ? "" : " (\(outcome.merged.prefix(4).joined(separator: ", "))")
                + (outcome.merged.isEmpty ? "" : outcome.merged.count > 4 ? " ...)" : ")")
                + (outcome.replaced.isEmpty
                    ? "" : "; \(outcome.replaced.joined(separator: ", ")) stand in the place of the base's"))
    }

    /// The options, with the head that the adapter was trained for where a person asks for none.
    func options(_ options: ImportOptions, with parameters: [Parameter: any LazyTensor]) -> ImportOptions {
        var options = options
        guard options.head == nil, let head = configuration.head else { return options }
        let module: ParameterModule = head == .questionAnswering ? .answer : .classifier
        if parameters[.weight(module)] != nil { options.head = head }
        return options
    }

    /// Whether a name of the adapter, which may have prefixes of its own, is a place of the family.
    private func isPlace(_ name: String, _ path: String) -> Bool { name == path || name.hasSuffix("." + path) }

    private func replace(
        _ parameter: Parameter, _ places: [NamingFamily.Place], _ parameters: inout [Parameter: any LazyTensor],
        _ report: inout ImportReport, _ outcome: inout Outcome
    ) throws(Fault) {
        guard !files.isEmpty else { return }
        for named in tensors.rest where places.contains(where: { isPlace(named.name, $0.path) }) {
            outcome.used.insert(named.name)
            outcome.replaced.append(named.name)
            for index in report.tensors.indices where report.tensors[index].parameter == parameter {
                report.tensors[index].parameter = nil
                report.ignored.append(
                    IgnoredTensor(name: report.tensors[index].name, reason: "the adapter has another '\(named.name)'"))
            }
            report.tensors.append(
                .init(
                    name: named.name, dtype: named.tensor.dtype.rawValue, shape: named.tensor.shape,
                    bytes: named.tensor.byteCount, parameter: parameter))
            parameters[parameter] = named.tensor
        }
    }

    private func add(
        _ parameter: Parameter, _ places: [NamingFamily.Place], _ parameters: inout [Parameter: any LazyTensor],
        _ report: inout ImportReport, _ outcome: inout Outcome
    ) throws(Fault) {
        for (module, pair) in tensors.pairs.sorted(by: { $0.key < $1.key }) {
            let isWeight = places.contains { isPlace(module + ".weight", $0.path) }
            let isBias = pair.bias != nil && places.contains { isPlace(module + ".bias", $0.path) }
            guard isWeight || isBias else { continue }
            outcome.used.insert(module)
            guard let base = parameters[parameter] else {
                throw Fault(
                    .importAdapterMismatch, in: path, "changes '\(module)', which the base does not have",
                    advice: "is it the base that the adapter was trained on?")
            }
            let (rank, scale) = configuration.scale(of: module)
            let update = MergedTensor.Update(
                a: pair.a.tensor, b: pair.b.tensor, isEmbedding: pair.isEmbedding, scale: scale)
            if let bias = pair.bias, isBias {
                guard bias.tensor.shape == base.shape, bias.tensor.dtype.isFloating else {
                    throw Fault(
                        .importAdapterMismatch, in: path, at: "tensor '\(bias.name)'",
                        "has shape \(bias.tensor.shape), which with its partner and the rank of "
                            + "\(AdapterConfiguration.fileName) "
                            + "is no update of a weight \(base.shape)",
                        advice: "is it the base that the adapter was trained on?")
                }
                parameters[parameter] = MergedBias(base, bias.tensor, scale: scale)
                list([bias], in: &report)
                continue
            }
            guard update.shape == base.shape, update.rank == rank, pair.a.tensor.dtype.isFloating,
                pair.b.tensor.dtype.isFloating, rank <= MergedTensor.maxElements / (base.shape[0] + base.shape[1])
            else {
                throw Fault(
                    .importAdapterMismatch, in: path, at: "tensor '\(pair.a.name)'",
                    "has shape \(pair.a.tensor.shape), which with its partner and the rank of "
                        + "\(AdapterConfiguration.fileName) "
                        + "is no update of a weight \(base.shape)",
                    advice: "is it the base that the adapter was trained on?")
            }
            parameters[parameter] = MergedTensor(base, update)
            outcome.merged.append(module)
            list([pair.a, pair.b], in: &report)
        }
    }

    private func list(_ added: [NamedTensor], in report: inout ImportReport) {
        for named in added {
            report.tensors.append(
                .init(
                    name: named.name, dtype: named.tensor.dtype.rawValue, shape: named.tensor.shape,
                    bytes: named.tensor.byteCount))
        }
    }
}
