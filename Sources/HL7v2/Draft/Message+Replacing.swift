extension Message {
    /// This message with another value at `path`; every other byte stays as received, except delimiters that have to be
    /// added to reach the place.
    ///
    /// A path without a repetition means the whole field, one without a component the whole repetition.
    ///
    /// - Throws: `segmentMissing` where the message does not have the segment, `draftInvalid` for MSH-1, MSH-2 and
    ///   MSH-18, which say how to read the rest, and for a place that delimiters cannot reach, `textInexpressible`, and what `init(parsing:)` throws.
    public func replacing(
        _ path: FieldPath, with draft: FieldDraft, options: MessageOptions = MessageOptions()
    ) throws(HL7v2Error) -> Message {
        guard let segment = segment(at: path) else { throw HL7v2Error(.segmentMissing, at: ErrorLocation(path)) }
        let isFixed = segment.countsItsSeparator && path.field <= 2
        guard !isFixed, !(segment.code == SegmentName.MSH && path.field == 18) else {
            throw HL7v2Error(.draftInvalid, at: ErrorLocation(path))
        }
        var place = Place(range: segment.range)
        if let field = fieldRange(path.field, of: segment) {
            place.range = field
        } else {
            let present = segment.separators.count + (segment.countsItsSeparator ? 1 : 0)
            place.range = segment.range.upperBound..<segment.range.upperBound
            place.padding = Array(repeating: delimiters.field, count: path.field - present)
        }
        let steps = [
            (path.repetition ?? (path.component == nil ? nil : 1), delimiters.repetition),
            (path.component, delimiters.component), (path.subcomponent, delimiters.subcomponent),
        ]
        for (number, separator) in steps {
            guard let number else { break }
            guard let next = self.place(number, in: place, at: separator) else {
                throw HL7v2Error(.draftInvalid, at: ErrorLocation(path))
            }
            place = next
        }
        let value = try DraftEncoder.field(draft, at: path, delimiters, characterSet)
        let replaced = Array(bytes[..<place.range.lowerBound]) + place.padding + value
        let message = try Message(parsing: replaced + bytes[place.range.upperBound...], options: options)
        guard message.keeps(place.range, of: self, padding: place.padding) else {
            throw HL7v2Error(.draftInvalid, at: ErrorLocation(path))
        }
        return message
    }

    /// Whether everything outside `range` of `other` is cut here as it was there, and the padding too: text before it
    /// that never switched back to one-byte characters would swallow them.
    private func keeps(_ range: Range<Int>, of other: Message, padding: [UInt8]) -> Bool {
        guard repertoire.hidesDelimiters else { return true }
        return structure.starts(with: other.structure[..<range.lowerBound] + padding)
            && structure.suffix(other.structure.count - range.upperBound)
                .elementsEqual(other.structure[range.upperBound...])
    }

    /// Where a value goes: what it replaces, and the delimiters that must stand before it.
    private struct Place {
        var range: Range<Int>
        var padding: [UInt8] = []
    }

    /// Part `number` of a place; nil if it needs a delimiter that the message lacks.
    private func place(_ number: Int, in place: Place, at separator: UInt8?) -> Place? {
        if place.padding.isEmpty, let part = Cutting.part(number, of: place.range, in: structure, at: separator) {
            return Place(range: part)
        }
        guard number > 1 else { return place }
        guard let separator else { return nil }
        let present = Cutting.parts(of: place.range, in: structure, at: separator).count
        let end = place.range.upperBound
        let missing = Array(repeating: separator, count: number - present)
        return Place(range: end..<end, padding: place.padding + missing)
    }
}
