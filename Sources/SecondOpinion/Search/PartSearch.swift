/// Joins the two ways of looking: byte patterns over everything, words over what is a text.
struct PartSearch: Sendable {
    let search: ResidualSearch
    private(set) var hits: [SearchResult.Hit] = []
    private(set) var hitCount = 0
    private(set) var words = 0
    /// Patterns found in bytes whose part is not known yet, in order.
    private var candidates: [(offset: Int, pattern: Int)] = []
    /// The candidates before it are done with.
    private var judged = 0
    /// The last bytes seen: a pattern can lie across two pieces.
    private var tail: [UInt8] = []
    private var scanned = 0
    /// Patterns that were compared.
    private var work = 0

    init(search: ResidualSearch) { self.search = search }

    /// Whether more was compared than known values of any ordinary study can cause: thousands that begin alike, in a file
    /// that is full of what they begin with.
    var isExhausted: Bool { work > (1 << 26) + 64 * scanned }

    /// Another stream of bytes begins.
    mutating func restart() {
        (tail, scanned, candidates, judged, work) = ([], 0, [], 0, 0)
    }

    /// Looks for byte patterns in the next bytes.
    mutating func scan(_ bytes: ArraySlice<UInt8>) {
        let matcher = search.matcher
        let reach = max(matcher.longest, 160)
        if !tail.isEmpty {
            let joint = tail + bytes.prefix(reach)
            note(in: joint[...], at: scanned - tail.count, endingAfter: tail.count)
        }
        note(in: bytes, at: scanned, endingAfter: 0)
        scanned += bytes.count
        tail = Array((tail + bytes.suffix(reach)).suffix(reach))
    }

    private mutating func note(in bytes: ArraySlice<UInt8>, at start: Int, endingAfter known: Int) {
        let matcher = search.matcher
        let found = unsafe bytes.withUnsafeBytes { unsafe matcher.matches(in: $0, endingAfter: known, work: &work) }
        for match in found {
            let pattern = matcher.patterns[match.pattern]
            if pattern.isStem {
                guard isKnownUID(bytes.dropFirst(match.offset), isWide: pattern.bytes.contains(0)) else { continue }
            }
            candidates.append((start + match.offset, match.pattern))
        }
        if judged > 0 { candidates.removeFirst(judged) }
        judged = 0
        if found.count > 1 { candidates.sort { $0.offset < $1.offset } }
    }

    /// Reads on from the stem of a UID to its end.
    private func isKnownUID(_ bytes: ArraySlice<UInt8>, isWide: Bool) -> Bool {
        let characters = (isWide ? Array(bytes.prefix(132)).filter { $0 != 0 } : Array(bytes.prefix(66)))
            .prefix { (0x30...0x39).contains($0) || $0 == 0x2E }
        return UIDSearch.stem(of: String(decoding: characters.prefix(64), as: UTF8.self), in: search.texts.table.uids)
    }

    /// Looks through one part; pattern matches that begin in it are judged by its zone.
    mutating func search(_ part: FileWalk.Part) {
        judge(part)
        guard !part.words.isEmpty else { return }
        let start = part.range.lowerBound - part.words.startIndex
        switch part.zone {
        case .text: text(part.words, part, at: part.range.lowerBound)
        case .pixels: break
        case .stream:
            VisibleRuns.printable(part.words) { run in text(run, part, at: start + run.startIndex) }
        case .binary:
            guard part.words.contains(where: { $0 != 0 }) else { return }
            VisibleRuns.find(part.words, least: 6) { run, offset in text(run[...], part, at: start + offset) }
        }
    }

    private mutating func judge(_ part: FileWalk.Part) {
        while judged < candidates.count, candidates[judged].offset < part.range.upperBound {
            let candidate = candidates[judged]
            judged += 1
            let pattern = search.matcher.patterns[candidate.pattern]
            if search.thresholds.counts(pattern, in: part.zone), !isExcepted(pattern, part) {
                add(pattern.kind, part.path, candidate.offset)
            }
        }
    }

    /// What is written in plain characters is compared as words in texts; here only names of at least seven letters, as
    /// parts of other words, unless they are words of the vocabulary.
    private func isExcepted(_ pattern: PatternMatcher.Pattern, _ part: FileWalk.Part) -> Bool {
        guard part.zone == .text, pattern.isASCII, !pattern.isStem else { return false }
        let isDigits = pattern.bytes.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || $0 < 0x30
        }
        // Numbers are not read as words: there, only what is no row of digits.
        if part.place.isNumber || part.place.isDate || part.place.vr == "UI" { return isDigits }
        // Pseudonyms and digests are rows of hexadecimal digits.
        if !pattern.isPlain { return isDigits && pattern.bytes.count < 16 }
        guard pattern.kind == .name, pattern.bytes.count >= 7 else { return true }
        let word = String(decoding: pattern.bytes, as: UTF8.self)
        if part.place.isCertificate { return CertificateWords.hold(word) }
        return part.place.isCoded ? Vocabulary.holds(word) : Vocabulary.contains(word)
    }

    private mutating func text(_ bytes: ArraySlice<UInt8>, _ part: FileWalk.Part, at start: Int) {
        for hit in search.texts.search(bytes, at: part.place, words: &words) {
            add(hit.kind, part.path, start + hit.offset - bytes.startIndex)
        }
        guard bytes.count >= 8, part.zone != .stream, !part.place.isNumber, !part.place.isDate, part.place.vr != "UI"
        else { return }
        var inner = part.place
        inner.vr = "UT"
        for (decoded, offset) in EncodedText.decoded(bytes) {
            inner.bytes = .encoded
            var found = search.texts.search(decoded[...], at: inner, words: &words)
            VisibleRuns.find(decoded[...], least: 6) { run, _ in
                if run.count < decoded.count {
                    found += search.texts.search(run[...], at: inner, words: &words)
                }
            }
            if search.texts.knownUIDs(decoded[...]) != nil { found.append((.uid, 0)) }
            if let first = found.first { add(first.kind, part.path, start + offset - bytes.startIndex) }
        }
    }

    private mutating func add(_ kind: HitKind, _ path: String, _ offset: Int) {
        if hits.contains(where: { $0.kind == kind && $0.path == path && $0.offset == offset }) { return }
        hitCount += 1
        if hits.count < 100 { hits.append(SearchResult.Hit(kind: kind, path: path, offset: offset)) }
    }
}
