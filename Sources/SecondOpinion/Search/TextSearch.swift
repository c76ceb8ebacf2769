/// Looks for keys and days in the words of a text.
struct TextSearch: Sendable {
    let table: KeyTable
    let dates: DateExpectation
    private let evidence: Evidence

    /// What was found and the position of its first byte.
    typealias Hit = (kind: HitKind, offset: Int)

    init(table: KeyTable, dates: DateExpectation) {
        (self.table, self.dates) = (table, dates)
        evidence = Evidence(keys: table.keys.count)
    }

    /// What is found, with its position; `words` counts the words compared.
    func search(_ bytes: ArraySlice<UInt8>, at place: TextPlace, words: inout Int) -> [Hit] {
        search(bytes, at: place, decoded: 0, words: &words)
    }

    private func search(_ bytes: ArraySlice<UInt8>, at place: TextPlace, decoded: Int, words: inout Int) -> [Hit] {
        guard !bytes.isEmpty else { return [] }
        var place = place
        if place.vr.isEmpty, place.bytes == .text { place.vr = UntypedText.vr(bytes) }
        if place.vr == "UI" { return UIDSearch(table).hits(in: bytes) }
        if place.mayBeOwnMark {
            return bytes.split(separator: 0x5C).filter { !place.isOwnMark($0) }.flatMap {
                hits(in: $0, at: place, decoded: decoded, words: &words)
            }
        }
        return hits(in: bytes, at: place, decoded: decoded, words: &words)
    }

    private func hits(
        in bytes: ArraySlice<UInt8>, at place: TextPlace, decoded: Int, words: inout Int
    ) -> [Hit] {
        let text = FoldedText(bytes)
        words += text.tokens.count
        let digests = Digests(bytes)
        var hits = keys(text, bytes, digests, place)
        hits += telephones(text, bytes, digests, place)
        hits += days(text, bytes, digests, place)
        for (offset, count) in table.foreign.found(in: bytes)
        where evidence.isEnough(foreign: bytes[offset..<(offset + count)], in: bytes, at: place) {
            hits.append((.name, offset))
        }
        // Nobody encodes more often; each time costs as much as the first.
        if decoded < 3, let plain = PercentEncoding.decoded(bytes) {
            hits += search(plain[...], at: place, decoded: decoded + 1, words: &words)
                .map { ($0.kind, bytes.startIndex) }
        }
        return hits
    }

    private func keys(
        _ text: FoldedText, _ bytes: ArraySlice<UInt8>, _ digests: Digests, _ place: TextPlace
    ) -> [Hit] {
        var hits: [Hit] = []
        for (index, token) in text.tokens.enumerated() {
            let range = token.range
            let isInDigest = digests.contain(token.offset)
            if table.mayBegin(text.scalars[range.lowerBound]),
                row(text, bytes, from: index, range.lowerBound, place, isInDigest, &hits)
            {
                continue
            }
            guard token.isDigits, text.scalars[range.lowerBound] == 0x30,
                let first = range.first(where: { text.scalars[$0] != 0x30 }), table.mayBegin(text.scalars[first])
            else { continue }
            _ = row(text, bytes, from: index, first, place, isInDigest, &hits)
        }
        return hits
    }

    /// Rows of tokens from one on, as far as a key can reach.
    private func row(
        _ text: FoldedText, _ bytes: ArraySlice<UInt8>, from index: Int, _ start: Int, _ place: TextPlace,
        _ isInDigest: Bool, _ hits: inout [Hit]
    ) -> Bool {
        var hash = KeyHash()
        var position = start
        for last in index..<text.tokens.count {
            for scalar in text.scalars[position..<text.tokens[last].range.upperBound] { hash.add(scalar) }
            guard hash.length <= table.longest else { return false }
            position = text.tokens[last].range.upperBound
            guard let key = table.keys[hash.value] else { continue }
            let isWhole = text.tokens[index].isApart && (last + 1 == text.tokens.count || text.tokens[last + 1].isApart)
            // As it stands here, a doubled letter or an umlaut can be missing.
            let length = min(key.length, key.isIdeographic ? hash.length * 3 : hash.length)
            guard
                counts(key, length, place, tokens: count(of: index...last, hash, text))
                    || isMeasured(key, text.tokens[index], bytes, place),
                isWhole && !isInDigest || length >= 8 || !(isInDigest || isLong(text, index)),
                !(key.isNumber && place.isNumber && isFraction(text.tokens[index], in: bytes))
            else { continue }
            let span = text.tokens[index].offset..<text.tokens[last].end
            // A study is often numbered by its day: where days stay, one among dates is that day and no number.
            if dates == .kept, place.isDate, CalendarDay(digits: String(decoding: bytes[span], as: UTF8.self)) != nil {
                continue
            }
            guard evidence.isEnough(span, isWhole: isWhole, in: bytes, at: place) else { continue }
            hits.append((key.kind, text.tokens[index].offset))
            return true
        }
        return false
    }

    /// How many tokens a row is; one where the last is alike alone: in `K:keepList` a doubled letter counts once.
    private func count(of row: ClosedRange<Int>, _ hash: KeyHash, _ text: FoldedText) -> Int {
        guard row.count > 1 else { return 1 }
        var alone = KeyHash()
        for scalar in text.scalars[text.tokens[row.upperBound].range] { alone.add(scalar) }
        return alone.value == hash.value ? 1 : row.count
    }

    private func counts(_ key: KeyTable.Key, _ length: Int, _ place: TextPlace, tokens: Int) -> Bool {
        // Short numbers stand by chance in 4.1.3.7 and in rows of measured ones.
        if key.isNumber, tokens > 1, length < 6 || place.isNumber { return false }
        if place.isNumber || place.isDate { return length >= 8 && !(place.isDate && key.kind != .identifier) }
        // One word there is no name of somebody, nor an initial and a name that make that word.
        let isAlone = key.isSingle || tokens == 1
        if isAlone, place.isCoded && key.isCommon || place.isCertificate && key.isOfCertificate { return false }
        switch key.kind {
        case .name: return length >= (place.vr == "PN" || !key.isSingle ? 3 : 4)
        case .identifier, .text, .date, .uid: return length >= 4
        }
    }

    /// A number of seven digits that is the whole of a measured one, without a fraction.
    private func isMeasured(
        _ key: KeyTable.Key, _ token: FoldedText.Token, _ bytes: ArraySlice<UInt8>, _ place: TextPlace
    ) -> Bool {
        guard key.isNumber, key.length == 7, place.vr == "DS" || place.vr == "IS", token.isDigits else { return false }
        let before = bytes[..<token.offset].reversed().prefix { $0 != 0x5C }
        let after = bytes[token.end...].prefix { $0 != 0x5C }
        return before.allSatisfy { [0x20, 0x2B, 0x2D].contains($0) }
            && after.allSatisfy { [0, 0x20, 0x2E, 0x30].contains($0) }
    }

    private func telephones(
        _ text: FoldedText, _ bytes: ArraySlice<UInt8>, _ digests: Digests, _ place: TextPlace
    ) -> [Hit] {
        guard !place.isNumber, !place.isDate else { return [] }
        return TelephoneSearch(text, bytes, table.telephones).found().compactMap { kind, tokens in
            let (first, last) = (text.tokens[tokens.lowerBound], text.tokens[tokens.upperBound])
            let span = first.offset..<last.end
            let next = tokens.upperBound + 1
            let isWhole = first.isApart && (next == text.tokens.count || text.tokens[next].isApart)
            guard isWhole || !isLong(text, tokens.lowerBound), !digests.contain(first.offset),
                evidence.isEnough(span, isWhole: isWhole, in: bytes, at: place)
            else { return nil }
            return (kind, first.offset)
        }
    }

    private func isFraction(_ token: FoldedText.Token, in bytes: ArraySlice<UInt8>) -> Bool {
        token.offset > bytes.startIndex && bytes[token.offset - 1] == 0x2E
    }

    /// A token in a run of at least sixteen letters and digits: a pseudonym or digest has short numbers by chance.
    private func isLong(_ text: FoldedText, _ index: Int) -> Bool {
        var first = index
        while first > 0, !text.tokens[first].isApart, index - first < 32 { first -= 1 }
        var last = index
        while last + 1 < text.tokens.count, !text.tokens[last + 1].isApart, last - index < 32 { last += 1 }
        return text.tokens[last].range.upperBound - text.tokens[first].range.lowerBound >= 16
    }

    private func days(
        _ text: FoldedText, _ bytes: ArraySlice<UInt8>, _ digests: Digests, _ place: TextPlace
    ) -> [Hit] {
        guard !place.isNumber, dates != .kept || !table.births.isEmpty && !place.isDate else { return [] }
        return DateForms.readings(text).compactMap { reading in
            let day = reading.day.number
            guard !CalendarDay.dummies.contains(day), !table.expected.contains(day) else { return nil }
            let isInDigest = digests.contain(reading.span.lowerBound)
            let isKnown = (dates == .kept ? table.births : table.dates).contains(day)
            if reading.isAmbiguous, !isKnown || place.bytes != .text || isInDigest { return nil }
            if !isKnown, dates != .none || place.isVersion || isInDigest { return nil }
            // Of the days that nobody expects there are 2^16.
            guard
                evidence.isEnough(
                    reading.span, isWhole: true, in: bytes, at: place, choices: isKnown ? 0 : 16)
            else { return nil }
            return (.date, reading.span.lowerBound)
        }
    }

    /// UIDs of the original in a text; `PatternMatcher` finds them in what is not encoded once more.
    func knownUIDs(_ bytes: ArraySlice<UInt8>) -> Int? { UIDSearch(table).known(in: bytes) }
}
