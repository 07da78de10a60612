import CoreMetrics
import Foundation

/// `/metrics` in Prometheus' text format.
enum MetricsRoute {
    static let route = Route(
        get: "/metrics", .embeddingsInference, "Counts and measures, as Prometheus reads them.", .string,
        contentType: "text/plain; version=0.0.4; charset=utf-8", isOpen: true
    ) { exchange in
        Meter(label: "albit_queued_tokens").set(exchange.service.scheduler.queuedTokens)
        if let bytes = residentBytes { Meter(label: "process_resident_memory_bytes").set(bytes) }
        return Reply(text: exchange.service.metrics.text)
    }

    /// Memory of this process, where the system tells.
    private static var residentBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * Int(getpagesize()) } : nil
    }
}
