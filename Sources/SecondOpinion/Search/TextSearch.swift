/// Where a text stands, which decides what counts as a hit there.
struct TextPlace {
    /// Of the element; the letters of the VR, empty where the file does not say.
    var vr = ""
    var tag: UInt32 = 0
    /// Bytes of a value that is no text, in which texts were found by their looks.
    var isBinary = false

    /// Numbers that were measured, times and ages: digits stand there by chance.
    var isNumber: Bool { ["DS", "IS", "TM", "AS"].contains(vr) }
    /// In pixel data digits stand in rows by chance.
    var isPixels = false
    var isDate: Bool { vr == "DA" || vr == "DT" }

    /// Values that the standard, a coding scheme or this program words.
    var isCoded: Bool {
        vr == "CS" || [0x0008_0100, 0x0008_0102, 0x0008_0104, 0x0008_0070, 0x0008_1090, 0x0012_0063].contains(tag)
    }

    /// Versions are often days: only known days count in them.
    var isVersion: Bool { [0x0018_1020, 0x0008_0103, 0x0002_0013, 0x0008_0106, 0x0008_0107].contains(tag) }
}

/// Looks for keys and days in the words of a text.
struct TextSearch: Sendable {
    let table: KeyTable
    let dates: DateExpectation

    /// What is found, with its position; `words` counts the words compared.
    func search(_ bytes: ArraySlice<UInt8>, at place: TextPlace, words: inout Int) -> [(kind: HitKind, offset: Int)] {
        guard !bytes.isEmpty else { return [] }
        if place.vr == "UI" { return uids(bytes) }
        let text = FoldedText(bytes)
        words += text.tokens.count
        var hits = keys(text, place)
        hits += days(text, bytes, place)
        if let decoded = Self.percentDecoded(bytes) {
            hits += search(decoded[...], at: place, words: &words).map { ($0.kind, bytes.startIndex) }
        }
        return hits
    }

    private func keys(_ text: FoldedText, _ place: TextPlace) -> [(kind: HitKind, offset: Int)] {
        var hits: [(kind: HitKind, offset: Int)] = []
        for (index, token) in text.tokens.enumerated() {
            let range = token.range
            if table.mayBegin(text.scalars[range.lowerBound]), row(text, from: index, range.lowerBound, place, &hits) {
                continue
            }
            guard token.isDigits, text.scalars[range.lowerBound] == 0x30,
                let first = range.first(where: { text.scalars[$0] != 0x30 }), table.mayBegin(text.scalars[first])
            else { continue }
            _ = row(text, from: index, first, place, &hits)
        }
        return hits
    }

    /// Rows of tokens from one on, as far as a key can reach.
    private func row(
        _ text: FoldedText, from index: Int, _ start: Int, _ place: TextPlace,
        _ hits: inout [(kind: HitKind, offset: Int)]
    ) -> Bool {
        var hash = KeyHash()
        var position = start
        for last in index..<text.tokens.count {
            for scalar in text.scalars[position..<text.tokens[last].range.upperBound] { hash.add(scalar) }
            guard hash.length <= table.longest else { return false }
            position = text.tokens[last].range.upperBound
            guard let key = table.keys[hash.value] else { continue }
            let isWhole = text.tokens[index].isApart && (last + 1 == text.tokens.count || text.tokens[last + 1].isApart)
            guard counts(key, place), isWhole || key.length >= 8 || !isLong(text, index) else { continue }
            hits.append((key.kind, text.tokens[index].offset))
            return true
        }
        return false
    }

    private func counts(_ key: KeyTable.Key, _ place: TextPlace) -> Bool {
        // Thousands of spellings meet thousands of positions in a codestream: shorter ones stand there by chance.
        if place.isPixels { return key.length >= 8 }
        if place.isBinary { return key.length >= 6 }
        if place.isNumber || place.isDate { return key.length >= 8 && !(place.isDate && key.kind != .identifier) }
        if place.isCoded, key.isCommon, key.isSingle { return false }
        switch key.kind {
        case .name: return key.length >= (place.vr == "PN" || !key.isSingle ? 3 : 4)
        case .identifier, .text, .date, .uid: return key.length >= 4
        }
    }

    /// A token in a run of at least sixteen letters and digits: a pseudonym or digest has short numbers by chance.
    private func isLong(_ text: FoldedText, _ index: Int) -> Bool {
        var first = index
        while first > 0, !text.tokens[first].isApart { first -= 1 }
        var last = index
        while last + 1 < text.tokens.count, !text.tokens[last + 1].isApart { last += 1 }
        return text.tokens[last].range.upperBound - text.tokens[first].range.lowerBound >= 16
    }

    private func days(
        _ text: FoldedText, _ bytes: ArraySlice<UInt8>, _ place: TextPlace
    ) -> [(kind: HitKind, offset: Int)] {
        guard dates != .kept, !place.isNumber, !(place.vr.isEmpty && Self.isDecimal(bytes)) else { return [] }
        return DateForms.readings(text).compactMap { reading in
            let day = reading.day.number
            guard !CalendarDay.dummies.contains(day), !table.expected.contains(day) else { return nil }
            if table.dates.contains(day) {
                return place.isBinary && reading.isAmbiguous ? nil : (.date, reading.offset)
            }
            let isUnexpected = dates == .none && !reading.isAmbiguous && !place.isVersion && !place.isPixels
            return isUnexpected ? (.date, reading.offset) : nil
        }
    }

    /// UIDs of the original in a text; `PatternMatcher` finds them in what is not encoded once more.
    func knownUIDs(_ bytes: ArraySlice<UInt8>) -> Int? {
        let isPart = { (byte: UInt8) in (0x30...0x39).contains(byte) || byte == 0x2E }
        return bytes.split(whereSeparator: { !isPart($0) }).first { run in
            run.count >= 6 && UIDSearch.stem(of: String(decoding: run.prefix(65), as: UTF8.self), in: table.uids)
        }?.startIndex
    }

    /// A UID of the original, whole or as the stem of another, or a known number as one of its components.
    private func uids(_ bytes: ArraySlice<UInt8>) -> [(kind: HitKind, offset: Int)] {
        var hits: [(kind: HitKind, offset: Int)] = []
        var start = bytes.startIndex
        for value in bytes.split(separator: 0x5C, omittingEmptySubsequences: false) {
            let text = String(decoding: value, as: UTF8.self).trimmed
            if UIDSearch.stem(of: text, in: table.uids) { hits.append((.uid, start)) }
            for component in text.split(separator: ".") {
                var hash = KeyHash()
                for digit in component.unicodeScalars { hash.add(digit.value) }
                if let key = table.keys[hash.value], key.length >= 4, !text.hasPrefix("1.2.840.10008.") {
                    hits.append((key.kind, start))
                }
            }
            start += value.count + 1
        }
        return hits
    }

    /// A number with a point, an exponent or a sign, where the file does not tell the VR. Fourteen digits before the point
    /// are a day and a time (DT).
    private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { (0x30...0x39).contains($0) || [0x20, 0x2B, 0x2D, 0x2E, 0x45, 0x5C, 0x65].contains($0) }
            && bytes.split(separator: 0x5C).allSatisfy { value in
                (value.count { $0 == 0x2E } == 1 || value.first == 0x2D)
                    && value.prefix { $0 != 0x2E }.count { (0x30...0x39).contains($0) } != 14
            } && Double(String(decoding: bytes.prefix { $0 != 0x5C }, as: UTF8.self).trimmed) != nil
    }

    /// Texts of URLs.
    private static func percentDecoded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        guard bytes.contains(0x25) else { return nil }
        var result: [UInt8] = []
        var index = bytes.startIndex
        var isChanged = false
        while index < bytes.endIndex {
            if bytes[index] == 0x25, index + 2 < bytes.endIndex, let high = EncodedText.hexDigit(bytes[index + 1]),
                let low = EncodedText.hexDigit(bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
                isChanged = true
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return isChanged ? result : nil
    }
}

enum UIDSearch {
    /// Whether the UID, or one it is made from by further components, is known.
    static func stem(of uid: String, in known: Set<String>) -> Bool {
        guard !known.isEmpty else { return false }
        if known.contains(uid) { return true }
        for index in uid.indices where uid[index] == "." && known.contains(String(uid[..<index])) { return true }
        return false
    }
}
