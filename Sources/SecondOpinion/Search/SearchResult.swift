/// What a search found and how much it looked at, without any value.
public struct SearchResult: Sendable, Hashable {
    /// Something of the patient, or a date, that stands in the file.
    public struct Hit: Sendable, Hashable {
        /// What was found.
        public let kind: HitKind
        /// Where: `0010,0010`, `0040,0275[1].0032,1060`, `preamble`, `after the data set`.
        public let path: String
        /// Position in the file (in the inflated data set where the file is deflated).
        public let offset: Int
    }

    /// At most 100; `hitCount` is the number of all.
    public internal(set) var hits: [Hit] = []
    /// All that was found.
    public internal(set) var hitCount = 0
    /// What was looked at.
    public internal(set) var statistics = Statistics()

    /// Nothing was found.
    public var isClean: Bool { hitCount == 0 }

    mutating func add(_ hit: Hit) {
        hitCount += 1
        if hits.count < 100 { hits.append(hit) }
    }
}

/// What a hit is: of which kind the known value is, or a date nobody expects. The raw values are stable.
public enum HitKind: String, Sendable, Hashable, CaseIterable {
    /// A name of a person known from order, EHR or header.
    case name
    /// A patient's, order's, accession or other number.
    case identifier
    /// A known date, or any date where none may stand.
    case date
    /// A UID of the original.
    case uid
    /// An address, telephone number, institution or other text.
    case text
}

extension SearchResult {
    /// How much was looked at, and for how much.
    public struct Statistics: Sendable, Hashable {
        /// Byte patterns by kind.
        public internal(set) var patterns: [HitKind: Int] = [:]
        /// Bytes read.
        public internal(set) var bytes = 0
        /// Elements met, in items too.
        public internal(set) var elements = 0
        /// Words of text values compared.
        public internal(set) var words = 0
        /// Files searched.
        public internal(set) var files = 0

        /// Nothing yet.
        public init() {}

        /// The sum over files; patterns are those of one search.
        public mutating func add(_ other: Self) {
            patterns.merge(other.patterns) { max($0, $1) }
            bytes += other.bytes
            elements += other.elements
            words += other.words
            files += other.files
        }
    }
}
