internal import DICOM

/// The days that stand in a rewritten header: what a search for residual dates has to know of it, and the same for
/// nearly all objects of a series.
struct WrittenDays: Sendable, Hashable {
    private var days: Set<String> = []

    init(_ dataSet: DataSet) { collect(dataSet) }

    private mutating func collect(_ dataSet: DataSet) {
        for element in dataSet {
            switch element.value {
            case .sequence(let items): for item in items { collect(item) }
            case .text(let values) where element.vr == .DA || element.vr == .DT:
                for value in values { days.insert(String(value.prefix(8))) }
            default: continue
            }
        }
    }
}
