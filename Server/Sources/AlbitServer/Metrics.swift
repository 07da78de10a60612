import CoreMetrics
import Synchronization

/// Counts and measures, for swift-metrics to write and `/metrics` to read as Prometheus' text.
package final class PrometheusMetrics: MetricsFactory, Sendable {
    /// Bounds of durations in seconds: 1e-5 times 1.5 to the power of 0 to 34, as text-embeddings-inference has them.
    private static let durations = (0..<35).map { power in (0..<power).reduce(1e-5) { bound, _ in bound * 1.5 } }
    /// Bounds of numbers of things.
    private static let sizes = (0..<18).map { Double(1 << $0) }

    /// One series: a name and its labels.
    private struct Key: Hashable {
        let name: String
        let labels: String
    }

    private enum Value {
        case counter(Double)
        case gauge(Double)
        case histogram(bounds: [Double], counts: [Int], sum: Double)
    }

    private let values = Mutex<[Key: Value]>([:])

    package init() {}

    // Writing ---------------------------------------------------------------------------------

    private func key(_ label: String, _ dimensions: [(String, String)]) -> Key {
        func escaped(_ text: String) -> String {
            var result = ""
            for character in text.unicodeScalars {
                switch character {
                case "\\": result += "\\\\"
                case "\"": result += "\\\""
                case "\n": result += "\\n"
                default: result.unicodeScalars.append(character)
                }
            }
            return result
        }
        let name = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" ? $0 : "_" })
        return Key(name: name, labels: dimensions.map { $0 + "=\"" + escaped($1) + "\"" }.joined(separator: ","))
    }

    fileprivate final class Series: CounterHandler, FloatingPointCounterHandler, RecorderHandler, MeterHandler,
        TimerHandler
    {
        private let change: @Sendable (Double) -> Void
        private let forget: @Sendable () -> Void

        init(change: @escaping @Sendable (Double) -> Void, forget: @escaping @Sendable () -> Void) {
            self.change = change
            self.forget = forget
        }

        func increment(by amount: Int64) { change(Double(amount)) }
        func increment(by amount: Double) { change(amount) }
        func reset() { forget() }
        func record(_ value: Int64) { change(Double(value)) }
        func record(_ value: Double) { change(value) }
        func set(_ value: Int64) { change(Double(value)) }
        func set(_ value: Double) { change(value) }
        func decrement(by amount: Double) { change(-amount) }
        func recordNanoseconds(_ duration: Int64) { change(Double(duration) / 1e9) }
    }

    private func series(_ key: Key, _ update: @escaping @Sendable (Value?, Double) -> Value) -> Series {
        Series(
            change: { amount in self.values.withLock { $0[key] = update($0[key], amount) } },
            forget: { self.values.withLock { $0[key] = nil } })
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> Series {
        series(key(label, dimensions)) { value, amount in
            if case .counter(let count)? = value { .counter(count + amount) } else { .counter(amount) }
        }
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)], _ bounds: [Double]) -> Series {
        series(key(label, dimensions)) { value, amount in
            var counts = [Int](repeating: 0, count: bounds.count + 1)
            var sum = 0.0
            if case .histogram(_, let before, let total)? = value { (counts, sum) = (before, total) }
            counts[bounds.firstIndex { amount <= $0 } ?? bounds.count] += 1
            return .histogram(bounds: bounds, counts: counts, sum: sum + amount)
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler { counter(label, dimensions) }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        histogram(label, dimensions, PrometheusMetrics.sizes)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(key(label, dimensions)) { _, amount in .gauge(amount) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, PrometheusMetrics.durations)
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    // Reading ---------------------------------------------------------------------------------

    /// All series in Prometheus' text format.
    package var text: String {
        let series = values.withLock { $0 }.sorted { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) }
        var text = ""
        var last = ""
        for (key, value) in series {
            func line(_ suffix: String, _ labels: String, _ value: String) {
                text += key.name + suffix + (labels.isEmpty ? "" : "{" + labels + "}") + " " + value + "\n"
            }
            func type(_ type: String) {
                if key.name != last { text += "# TYPE " + key.name + " " + type + "\n" }
                last = key.name
            }
            switch value {
            case .counter(let count):
                type("counter")
                line("", key.labels, count.description)
            case .gauge(let value):
                type("gauge")
                line("", key.labels, value.description)
            case .histogram(let bounds, let counts, let sum):
                type("histogram")
                var total = 0
                for (bound, count) in zip(bounds.map(\.description) + ["+Inf"], counts) {
                    total += count
                    line("_bucket", (key.labels.isEmpty ? "" : key.labels + ",") + "le=\"" + bound + "\"", "\(total)")
                }
                line("_sum", key.labels, sum.description)
                line("_count", key.labels, "\(total)")
            }
        }
        return text
    }
}
