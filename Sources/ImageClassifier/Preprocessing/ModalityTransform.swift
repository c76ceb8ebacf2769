/// Stored values to the modality's values (PS3.3 C.11.1).
enum ModalityTransform: Sendable, Equatable {
    case rescale(slope: Double, intercept: Double)
    case table(LookupTable)

    static let identity = ModalityTransform.rescale(slope: 1, intercept: 0)

    func callAsFunction(_ stored: Int) -> Double {
        switch self {
        case .rescale(let slope, let intercept): slope * Double(stored) + intercept
        case .table(let table): table(Double(stored))
        }
    }
}
