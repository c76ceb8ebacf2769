extension Message {
    /// The text at `path`, unescaped and decoded; nil when absent, empty or null.
    ///
    /// Where the path names no component or sub-component the first is meant, as for one value a sender may write
    /// `OBR-4` or `OBR-4.1.1`; without a repetition the first is meant.
    public func value(at path: FieldPath) -> String? { fieldValue(at: path).text }

    /// What is said at `path`: text, null or nothing. The rules of `value(at:)` hold.
    public func fieldValue(at path: FieldPath) -> FieldValue {
        guard let range = repetitionRange(path.repetition ?? 1, at: path) else { return .empty }
        return leaf(path, in: range)
    }

    /// The text of every repetition of the field at `path`, or of the one that it names, that has any.
    public func values(at path: FieldPath) -> [String] {
        repetitionRanges(at: path).compactMap { leaf(path, in: $0).text }
    }

    /// How many repetitions the field at `path` has; 0 when the field is absent or empty.
    public func repetitionCount(at path: FieldPath) -> Int {
        guard let field = fieldRange(at: path), !field.isEmpty else { return 0 }
        return isVerbatim(path) ? 1 : Cutting.parts(of: field, in: structure, at: delimiters.repetition).count
    }

    /// The bytes of the whole field at `path`, all repetitions, as received; nil when absent.
    public func fieldBytes(at path: FieldPath) -> ArraySlice<UInt8>? { fieldRange(at: path).map { bytes[$0] } }

    /// How often a segment occurs.
    public func count(of segment: String) -> Int {
        let code = segment.utf8.count == 3 ? SegmentName.code(segment.utf8) : 0
        return segments.count { $0.code == code }
    }

    /// MSH-1 and MSH-2 are not cut and not unescaped.
    func isVerbatim(_ path: FieldPath) -> Bool { path.field <= 2 && path.segmentCode == SegmentName.MSH }

    func segment(at path: FieldPath) -> Segment? {
        var remaining = path.segmentOccurrence
        for segment in segments where segment.code == path.segmentCode {
            remaining -= 1
            if remaining == 0 { return segment }
        }
        return nil
    }

    func fieldRange(at path: FieldPath) -> Range<Int>? {
        segment(at: path).flatMap { fieldRange(path.field, of: $0) }
    }

    /// Field `number` of a segment, MSH, FHS and BHS counted by their own rule.
    func fieldRange(_ number: Int, of segment: Segment) -> Range<Int>? {
        // The separator before the field, and the one that ends it.
        let index = segment.separators.lowerBound + number - (segment.countsItsSeparator ? 2 : 1)
        guard number >= 1, index < segment.separators.upperBound else { return nil }
        guard index >= segment.separators.lowerBound else {
            return segment.separators.isEmpty ? nil : segment.range.lowerBound + 3..<segment.range.lowerBound + 4
        }
        let next = index + 1
        let end = next < segment.separators.upperBound ? Int(separators[next]) : segment.range.upperBound
        return Int(separators[index]) + 1..<end
    }

    private func repetitionRange(_ number: Int, at path: FieldPath) -> Range<Int>? {
        guard let field = fieldRange(at: path) else { return nil }
        guard !isVerbatim(path) else { return number == 1 ? field : nil }
        return Cutting.part(number, of: field, in: structure, at: delimiters.repetition)
    }

    private func repetitionRanges(at path: FieldPath) -> [Range<Int>] {
        if let number = path.repetition { return repetitionRange(number, at: path).map { [$0] } ?? [] }
        guard let field = fieldRange(at: path) else { return [] }
        return isVerbatim(path) ? [field] : Cutting.parts(of: field, in: structure, at: delimiters.repetition)
    }

    private func leaf(_ path: FieldPath, in repetition: Range<Int>) -> FieldValue {
        guard !isVerbatim(path) else {
            return .text(String(decoding: bytes[repetition], as: UTF8.self))
        }
        // A null field has no parts: every part of it is null too.
        if isNull(repetition) { return .null }
        guard let component = Cutting.part(path.component ?? 1, of: repetition, in: structure, at: delimiters.component)
        else { return .empty }
        if isNull(component) { return .null }
        guard
            let leaf = Cutting.part(path.subcomponent ?? 1, of: component, in: structure, at: delimiters.subcomponent)
        else { return .empty }
        return isNull(leaf) ? .null : text(of: leaf)
    }

    func isNull(_ range: Range<Int>) -> Bool {
        let quote = UInt8(ascii: "\"")
        return range.count == 2 && structure[range.lowerBound] == quote && structure[range.lowerBound + 1] == quote
    }

    func text(of leaf: Range<Int>) -> FieldValue {
        guard !leaf.isEmpty else { return .empty }
        let text = LeafReader.text(of: bytes[leaf], structure: structure[leaf], delimiters, repertoire)
        return text.isEmpty ? .empty : .text(text)
    }
}
