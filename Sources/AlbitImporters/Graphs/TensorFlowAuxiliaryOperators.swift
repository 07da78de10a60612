/// TensorFlow's operators around a model rather than of it: how masks, positions and shapes are computed.
extension TensorFlowLowering {
    static let plainAuxiliary: [String: (Operation, inputs: Int)] = [
        "Abs": (.absolute, 1), "Sign": (.sign, 1), "Floor": (.floor, 1), "Ceil": (.ceiling, 1), "Round": (.round, 1),
        "Rint": (.round, 1),
        "Sin": (.sine, 1), "Cos": (.cosine, 1), "IsNan": (.isNaN, 1), "LogicalNot": (.not, 1), "LogicalAnd": (.and, 2),
        "LogicalOr": (.or, 2), "Equal": (.compare(.equal), 2), "NotEqual": (.compare(.notEqual), 2),
        "Less": (.compare(.less), 2),
        "LessEqual": (.compare(.lessOrEqual), 2), "Greater": (.compare(.greater), 2),
        "GreaterEqual": (.compare(.greaterOrEqual), 2),
        "FloorDiv": (.floorDivide, 2), "FloorMod": (.modulo, 2), "Mod": (.remainder, 2), "TruncateDiv": (.divide, 2),
        "TruncateMod": (.remainder, 2), "Range": (.range, 3), "Fill": (.fill, 2), "Tile": (.tile, 2),
        "Size": (.size, 1), "Rank": (.rank, 1),
        "GatherNd": (.gatherND(batchAxes: 0), 2),
    ]
    private static let reductions: [String: Reduction] = [
        "Max": .maximum, "Min": .minimum, "Prod": .product, "Any": .any, "All": .all, "EuclideanNorm": .norm,
    ]

    /// What an operator of one result computes; nil where it is none of these. Inputs are all of the node's.
    static func auxiliary(_ node: TensorFlowNode) -> (Operation, inputs: Int)? {
        if let plain = plainAuxiliary[node.operation] { return plain }
        let keepsAxes = node.bool("keep_dims")
        if let reduction = reductions[node.operation] {
            return (.reduce(reduction, axes: nil, keepsAxes: keepsAxes), 2)
        }
        switch node.operation {
        case "Mean": return (.reduceMean(axes: nil, keepsAxes: keepsAxes), 2)
        case "Sum": return (.reduceSum(axes: nil, keepsAxes: keepsAxes), 2)
        case "OneHot": return (.oneHot(axis: node.integer("axis", default: -1)), 4)
        case "Cumsum": return (.cumulativeSum(isExclusive: node.bool("exclusive"), isReversed: node.bool("reverse")), 2)
        case "ArgMax": return (.argMax(axis: nil, keepsAxis: false), 2)
        default: return nil
        }
    }
}
