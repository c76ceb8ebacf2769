import DICOM

/// The study, series or instance that a path leads to; empty for the whole archive.
struct ArchiveScope: Hashable, Sendable {
    var study: UID?
    var series: UID?
    var instance: UID?

    func contains(_ stored: StoredInstance) -> Bool {
        (study == nil || study == stored.study) && (series == nil || series == stored.series)
            && (instance == nil || instance == stored.sopInstance)
    }

    /// The path below the service root.
    var path: String {
        var path = ""
        if let study { path += "/studies/\(study.value)" }
        if let series { path += "/series/\(series.value)" }
        if let instance { path += "/instances/\(instance.value)" }
        return path
    }
}

extension ArchiveScope {
    /// One level deeper; an instance lies below a series, a series below a study.
    mutating func enter(_ level: ArchiveLevel, _ uid: UID) throws(ArchiveProblem) {
        switch level {
        case .study where self == ArchiveScope(): study = uid
        case .series where study != nil && series == nil: series = uid
        case .instance where series != nil && instance == nil: instance = uid
        default: throw .notFound
        }
    }
}
