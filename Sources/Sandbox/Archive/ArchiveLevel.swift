/// The levels of the composite object model (PS3.18 §10.3).
enum ArchiveLevel: Int, Comparable, Sendable {
    case study, series, instance

    /// The level that a component of a path names.
    init?(component: String) {
        switch component {
        case "studies": self = .study
        case "series": self = .series
        case "instances": self = .instance
        default: return nil
        }
    }

    static func < (lhs: ArchiveLevel, rhs: ArchiveLevel) -> Bool { lhs.rawValue < rhs.rawValue }
}
