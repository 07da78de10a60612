/// A value [batch, sequence, K] whose rows are rounded to bytes while the graph runs, each token with a scale and a
/// zero point of its own, as formats/int8.md has it: lo = min(0, x), hi = max(0, x), s = (hi - lo) / 254, u = round(x /
/// s) + z with z = 1 + round(-lo / s).
///
/// Only operators of the ONNX standard: DynamicQuantizeLinear would take one scale for the whole batch, which costs
/// ALBERT most of its accuracy.
struct ONNXRoundedTokens {
    /// [batch, sequence, K], uint8.
    let bytes: String
    /// [batch, sequence, 1]: the scale, and the zero point as int32.
    let scale: String
    let zero: String

    init(of x: String, in graph: inout ONNXGraph) {
        let last: [ONNXOperator.Attribute] = [.integers("axes", [-1]), .integer("keepdims", 1)]
        let none = graph.constant(0 as Float)
        let lowest = graph.add("Min", [graph.add("ReduceMin", [x], last), none])
        let highest = graph.add("Max", [graph.add("ReduceMax", [x], last), none])
        let range = graph.add("Max", [graph.add("Sub", [highest, lowest]), graph.constant(1e-30 as Float)])
        scale = graph.add("Div", [range, graph.constant(254 as Float)])
        let below = graph.add("Round", [graph.add("Div", [graph.add("Neg", [lowest]), scale])])
        let offset = graph.add("Add", [below, graph.constant(1 as Float)])
        let shifted = graph.add("Add", [graph.add("Round", [graph.add("Div", [x, scale])]), offset])
        let clipped = graph.add("Clip", [shifted, graph.constant(1 as Float), graph.constant(255 as Float)])
        bytes = graph.add("Cast", [clipped], [.integer("to", ONNXElement.uint8.rawValue)])
        zero = graph.add("Cast", [offset], [.integer("to", ONNXElement.int32.rawValue)])
    }

    /// x Wᵀ for a transposed matrix of bytes [K, N] with zero point 128. Both sides are unsigned, because kernels
    /// without VNNI saturate sums of unsigned times signed.
    func product(_ matrix: String, scales: String, sums: String, in graph: inout ONNXGraph, named: String?) -> String {
        let sum = graph.add("MatMulInteger", [bytes, matrix, graph.constant(byte: 0), graph.constant(byte: 128)])
        let exact = graph.add("Sub", [sum, graph.add("Mul", [zero, sums])])
        let value = graph.add("Cast", [exact], [.integer("to", ONNXElement.float.rawValue)])
        return graph.add("Mul", [graph.add("Mul", [value, scales]), scale], named: named)
    }
}
