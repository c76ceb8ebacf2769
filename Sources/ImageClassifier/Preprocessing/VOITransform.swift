/// The modality's values to 0…1 (PS3.3 C.11.2).
enum VOITransform: Sendable, Equatable {
    /// WINDOW functions by VOILUTFunction (0028,1056).
    enum Function: String, Sendable {
        case linear = "LINEAR"
        case linearExact = "LINEAR_EXACT"
        case sigmoid = "SIGMOID"
    }

    case table(LookupTable)
    case window(centre: Double, width: Double, Function)
    /// Without word from the header: clip to these two values.
    case range(low: Double, high: Double)

    /// A window; `nil` where the width is not allowed (LINEAR: at least 1, the others: above 0).
    static func window(_ centre: Double, _ width: Double, _ function: Function) -> VOITransform? {
        guard centre.isFinite, width.isFinite, function == .linear ? width >= 1 : width > 0 else { return nil }
        return .window(centre: centre, width: width, function)
    }

    func callAsFunction(_ value: Double) -> Double {
        switch self {
        case .table(let table): table(value) / table.maximum
        case .window(let centre, let width, .linear): Self.linear(value, centre, width)
        case .window(let centre, let width, .linearExact): Self.clamp((value - centre) / width + 0.5)
        case .window(let centre, let width, .sigmoid): 1 / (1 + DeterministicMath.exp(-4 * (value - centre) / width))
        case .range(let low, let high): high > low ? (min(max(value, low), high) - low) / (high - low) : 0
        }
    }

    /// PS3.3 C.11.2.1.2.1: the half and the one belong to the formula.
    private static func linear(_ value: Double, _ centre: Double, _ width: Double) -> Double {
        let half = (width - 1) / 2
        if value <= centre - 0.5 - half { return 0 }
        if value > centre - 0.5 + half { return 1 }
        return clamp((value - (centre - 0.5)) / (width - 1) + 0.5)
    }

    private static func clamp(_ value: Double) -> Double { min(max(value, 0), 1) }
}
