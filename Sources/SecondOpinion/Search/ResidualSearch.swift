/// The second opinion: searches the written bytes of a file for everything known of the patient, with a reader of its own
/// that shares nothing with the code that wrote them.
///
/// It is made once for a study and used for each of its files, from several threads if need be. What it cannot read is
/// an error, and the caller stops then as it does at a hit.
public struct ResidualSearch: Sendable {
    let texts: TextSearch
    let matcher: PatternMatcher
    let thresholds: Thresholds
    let patternCounts: [HitKind: Int]

    /// Bytes that are looked at together.
    private static let piece = 1 << 18

    /// A search for what is known.
    public init(for identity: KnownIdentity, dates: DateExpectation) throws(SecondOpinionError) {
        let table = KeyTable(identity)
        texts = TextSearch(table: table, dates: dates)
        var withoutDays = identity
        if dates == .kept { withoutDays = identity.without([.date]) }
        let patterns = ByteForms(withoutDays, expected: table.expected).patterns
        matcher = PatternMatcher(patterns)
        thresholds = Thresholds(patterns)
        var counts: [HitKind: Int] = [:]
        for pattern in patterns { counts[pattern.kind, default: 0] += 1 }
        for key in table.keys.values { counts[key.kind, default: 0] += 1 }
        counts[.date, default: 0] += table.dates.count
        counts[.uid, default: 0] += table.uids.count
        patternCounts = counts
    }

    /// Searches a whole DICOM file (PS3.10).
    public func search(_ file: [UInt8]) throws(SecondOpinionError) -> SearchResult {
        var stream = begin()
        try stream.update(file)
        return try stream.finish()
    }

    /// Searches bytes that are no DICOM: a message of HL7 v2, a resource in JSON, a file name.
    public func search(text bytes: [UInt8]) -> SearchResult {
        var result = SearchResult()
        result.statistics.patterns = patternCounts
        result.statistics.files = 1
        result.statistics.bytes = bytes.count
        var parts = PartSearch(search: self)
        parts.scan(bytes[...])
        parts.search(
            FileWalk.Part(
                range: 0..<bytes.count, zone: .text, place: TextPlace(), path: "text", words: bytes[...]))
        result.add(parts)
        // What could not be searched is not clean.
        if parts.isExhausted { result.add(SearchResult.Hit(kind: .text, path: "text", offset: 0)) }
        return result
    }

    /// A search of one file that comes in pieces.
    public func begin() -> Stream { Stream(search: self) }

    /// The search of one file in pieces; memory does not grow with the file, except where its data set is deflated.
    public struct Stream: Sendable {
        private var walk = FileWalk()
        private var parts: PartSearch
        private var bytes = 0

        init(search: ResidualSearch) { parts = PartSearch(search: search) }

        /// The next bytes of the file.
        public mutating func update(_ bytes: UnsafeRawBufferPointer) throws(SecondOpinionError) {
            var start = 0
            while start < bytes.count {
                let end = min(start + ResidualSearch.piece, bytes.count)
                unsafe try take(Array(bytes[start..<end])[...])
                start = end
            }
        }

        /// The next bytes of the file.
        public mutating func update(_ bytes: [UInt8]) throws(SecondOpinionError) { try update(bytes[...]) }

        /// The next bytes of the file.
        public mutating func update(_ bytes: ArraySlice<UInt8>) throws(SecondOpinionError) {
            var rest = bytes
            while !rest.isEmpty {
                try take(rest.prefix(ResidualSearch.piece))
                rest = rest.dropFirst(ResidualSearch.piece)
            }
        }

        private mutating func take(_ bytes: ArraySlice<UInt8>) throws(SecondOpinionError) {
            self.bytes += bytes.count
            try scan(bytes)
            try walk.update(bytes) { part throws(SecondOpinionError) in parts.search(part) }
        }

        private mutating func scan(_ bytes: ArraySlice<UInt8>) throws(SecondOpinionError) {
            parts.scan(bytes)
            if parts.isExhausted { throw SecondOpinionError(.tooManyIdentifiers, offset: self.bytes) }
        }

        /// After the last byte.
        ///
        /// - Throws: `malformedFile` where the bytes are no DICOM file and nothing was found in them either.
        public mutating func finish() throws(SecondOpinionError) -> SearchResult {
            let deflated = try walk.finish { part throws(SecondOpinionError) in parts.search(part) }
            if let deflated {
                walk.enterInflated()
                parts.restart()
                try Inflate.inflate(deflated) { piece throws(SecondOpinionError) in
                    try scan(piece[...])
                    try walk.update(piece[...]) { part throws(SecondOpinionError) in parts.search(part) }
                }
                _ = try walk.finish { part throws(SecondOpinionError) in parts.search(part) }
            }
            var result = SearchResult()
            result.statistics.patterns = parts.search.patternCounts
            result.statistics.files = 1
            result.statistics.bytes = bytes
            result.statistics.elements = walk.elements
            result.add(parts)
            if let problem = walk.problem, result.isClean { throw problem }
            return result
        }
    }
}

extension SearchResult {
    fileprivate mutating func add(_ parts: PartSearch) {
        statistics.words = parts.words
        for hit in parts.hits { add(hit) }
        hitCount = max(hitCount, parts.hitCount)
    }
}
