import AlbitRuntime
import AlbitText

/// `bench --kernels`: every kernel of this program, which of them this CPU runs, and how fast.
package struct KernelListing {
    package var json = false

    package init(json: Bool) { self.json = json }

    package func run(output: Output) throws(Fault) {
        if !json { try output.line(KernelListing.heading) }
        let best = Kernel.best.name
        for kernel in Kernel.all {
            let available = kernel.table.pointee.available()
            var speed: KernelSpeed?
            if available {
                speed = try KernelSpeed(kernel)
            }
            try json
                ? writeJSON(kernel.name, speed, isBest: kernel.name == best, output)
                : writeRow(kernel.name, speed, isBest: kernel.name == best, output)
            try output.flush()
        }
        if !json {
            try output.line(
                "GMAC/s and share of the register-only peak of a [3072][768] matmul for 1, 16 and 128 tokens;")
            try output.line("quantize: ns for 768 values, plain and with shift and rotation. One thread.")
        }
        try output.flush()
    }

    private static let heading =
        "kernel          peak      1 token       16 tokens      128 tokens     quantize"

    private func writeRow(_ name: String, _ speed: KernelSpeed?, isBest: Bool, _ output: Output) throws(Fault) {
        var line = name + String(repeating: " ", count: max(1, 12 - name.utf8.count))
        guard let speed else { return try output.line(line + "   this CPU cannot run it") }
        line += BenchCommand.right(DecimalText.fixed(speed.peak / 1e9, digits: 1), 8)
        for rate in speed.matmul {
            line += BenchCommand.right(DecimalText.fixed(rate / 1e9, digits: 1), 7)
            line += BenchCommand.right(DecimalText.fixed(100 * rate / speed.peak, digits: 1) + " %", 8)
        }
        line += BenchCommand.right(DecimalText.fixed(speed.plainRow, digits: 0), 6)
        line += BenchCommand.right(DecimalText.fixed(speed.rotatedRow, digits: 0), 6)
        try output.line(line + (isBest ? "  (default)" : ""))
    }

    private func writeJSON(_ name: String, _ speed: KernelSpeed?, isBest: Bool, _ output: Output) throws(Fault) {
        var json = JSONWriter()
        json.beginObject()
        json.member("kernel")
        json.string(name)
        json.member("available")
        json.bool(speed != nil)
        json.member("default")
        json.bool(isBest)
        json.member("peakGmacPerSecond")
        if let speed { json.number(speed.peak / 1e9) } else { json.null() }
        json.member("matmul")
        json.beginArray()
        if let speed {
            for (tokens, rate) in zip(KernelSpeed.rows, speed.matmul) {
                json.beginObject()
                json.member("tokens")
                json.integer(tokens)
                json.member("gmacPerSecond")
                json.number(rate / 1e9)
                json.member("peakFraction")
                json.number(rate / speed.peak)
                json.endObject()
            }
        }
        json.endArray()
        json.member("quantizeNs")
        if let speed { json.number(speed.plainRow) } else { json.null() }
        json.member("quantizeRotatedNs")
        if let speed { json.number(speed.rotatedRow) } else { json.null() }
        json.endObject()
        try output.line(json.text)
    }
}
