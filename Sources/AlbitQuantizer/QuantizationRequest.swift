import AlbitModel
import AlbitRuntime
import AlbitText

/// Everything a model file is made from, besides the weights.
package struct QuantizationRequest {
    package var preset: Preset = .default
    /// Sequences for calibration; empty only for `plain`.
    package var calibration: [EncoderInput] = []
    /// What they are, in words, for the file and the reader.
    package var calibrationDescription = ""
    package var threads = 1
    package var kernel = Kernel.best
    /// What the model answers and where it came from.
    package var card = ModelCard()
    /// For a digest that is known only when the file is written.
    package static let digestPlaceholder = String(repeating: "0", count: 64)
    /// Nil: the preset's.
    package var precision: PrecisionMap?
    /// Bits of a value of the word embedding: 8, or 4 to 6.
    package var embeddingBits = 8
    /// Whether all weights get a second plane, whatever `precision` says of them: for a search to try. Calibrated
    /// presets only.
    package var keepsAllSecondPlanes = false

    /// Whether the weights of a stored layer's site get a second plane.
    func keepsSecondPlane(layer: Int, site: Site, _ configuration: Configuration) -> Bool {
        guard site.hasWeights, preset.isCalibrated else { return false }
        return keepsAllSecondPlanes
            || precision?.needsSecondWeightPlane(storedLayer: layer, site: site, configuration) == true
    }
    /// The oldest version of model files that can hold the tokenizer.
    package var tokenizerFormat = 1
    /// Adds the tokenizer's keys.
    package var writeTokenizer: (inout GGUFWriter) -> Void = { _ in }
    /// Told what is being done, and how far it is: (phase, done, total). What it throws ends the work.
    package var progress: (String, Int, Int) throws(Fault) -> Void = { _, _, _ in }

    package init() {}
}
