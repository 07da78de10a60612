import AlbitServer
import CoreMetrics
import Testing

/// The command line, and what is counted.
@Suite struct SettingsTests {
    @Test func whatIsSaid() throws {
        let settings = try Settings([
            "a/b.gguf", "other=c/d", "--port", "0", "--threads=3", "--max-queue-tokens", "10", "--truncate",
        ])
        #expect(settings.models.map(\.name) == ["b", "other"] && settings.models.map(\.path) == ["a/b.gguf", "c/d"])
        #expect(settings.port == 0 && settings.threads == 3 && settings.maxQueueTokens == 10 && settings.truncates)
        #expect(settings.host == "127.0.0.1" && settings.maxBatchTokens == 16384 && !settings.logsTexts)
    }

    @Test(arguments: [
        [], ["--port", "1"], ["a", "--port"], ["a", "--port", "x"], ["a", "--port", "70000"], ["a", "--threads", "0"],
        ["a", "--nothing"], ["a", "x/a.gguf"], ["a", "--truncate=1"],
    ]) func whatIsRefused(_ arguments: [String]) {
        #expect(throws: Settings.UsageFault.self) { try Settings(arguments) }
    }

    @Test func metricsAreText() {
        let metrics = PrometheusMetrics()
        metrics.makeCounter(label: "te.count", dimensions: [("a", "x\"y")]).increment(by: 2)
        metrics.makeTimer(label: "time", dimensions: []).recordNanoseconds(1_000_000_000)
        metrics.makeMeter(label: "queue", dimensions: []).set(Int64(3))
        let text = metrics.text
        #expect(text.contains("# TYPE te_count counter\nte_count{a=\"x\\\"y\"} 2.0\n"))
        #expect(text.contains("time_bucket{le=\"+Inf\"} 1\ntime_sum 1.0\ntime_count 1\n"))
        #expect(text.contains("queue 3.0\n"))
        // The 30th bound, 1e-5 * 1.5^29, is above a second: 1.28.
        #expect(text.contains("# TYPE time histogram\n") && text.contains("le=\"1e-05\"} 0\n"))
    }
}
