/// Writes segments of drafts one after the other.
struct DraftEncoder {
    /// How deep in a field a draft stands.
    private enum Level: Int {
        case field, repetition, component, subcomponent
    }

    let delimiters: Delimiters
    let characterSet: MessageCharacterSet
    private(set) var bytes: [UInt8] = []
    private var occurrences: [String: Int] = [:]
    private var place: ErrorLocation?
    /// Whether what is written must be cut rightly by who does not know the set yet.
    private var isHeader = false

    init(_ delimiters: Delimiters, _ characterSet: MessageCharacterSet) {
        self.delimiters = delimiters
        self.characterSet = characterSet
    }

    mutating func append(_ draft: SegmentDraft) throws(HL7v2Error) {
        guard SegmentName.isValid(Array(draft.name.utf8)[...]) else { throw HL7v2Error(.segmentNameInvalid) }
        let sequence = occurrences[draft.name, default: 0] + 1
        occurrences[draft.name] = sequence
        let segment = draft.declaring(characterSet, delimiters)
        isHeader = Segment.countsItsSeparator(segment.name)
        bytes += Array(segment.name.utf8)
        var number = 1
        if isHeader {
            bytes += [delimiters.field] + delimiters.encodingCharacters
            number = 3
        }
        while number <= segment.lastField {
            bytes.append(delimiters.field)
            place = ErrorLocation(segment: segment.name, sequence: sequence, field: number)
            try append(segment[number], .field)
            number += 1
        }
        bytes.append(0x0D)
    }

    /// The bytes of one field or part of one, for a message that has the rest.
    static func field(
        _ draft: FieldDraft, at path: FieldPath, _ delimiters: Delimiters, _ characterSet: MessageCharacterSet
    ) throws(HL7v2Error) -> [UInt8] {
        var encoder = DraftEncoder(delimiters, characterSet)
        encoder.place = ErrorLocation(path)
        encoder.isHeader = Segment.countsItsSeparator(path.segment)
        let level: Level =
            path.subcomponent != nil
            ? .subcomponent : path.component != nil ? .component : path.repetition != nil ? .repetition : .field
        try encoder.append(draft, level)
        return encoder.bytes
    }

    private mutating func append(_ draft: FieldDraft, _ level: Level) throws(HL7v2Error) {
        switch draft {
        case .empty: break
        case .null: bytes += [UInt8](repeating: UInt8(ascii: "\""), count: 2)
        case .text(let text): try append(text)
        case .repetitions(let list):
            guard level == .field else { throw HL7v2Error(.draftInvalid, at: place) }
            try append(list, separator: delimiters.repetition, .repetition)
        case .components(let list):
            switch level {
            case .field, .repetition: try append(list, separator: delimiters.component, .component)
            case .component: try append(list, separator: delimiters.subcomponent, .subcomponent)
            case .subcomponent: throw HL7v2Error(.draftInvalid, at: place)
            }
        }
    }

    /// The parts between separators, without trailing empty ones.
    private mutating func append(_ list: [FieldDraft], separator: UInt8?, _ level: Level) throws(HL7v2Error) {
        let last = list.lastIndex { $0.normalized != .empty } ?? -1
        for (index, part) in list[..<(last + 1)].enumerated() {
            if index > 0 {
                guard let separator else { throw HL7v2Error(.draftInvalid, at: place) }
                bytes.append(separator)
            }
            try append(part, level)
        }
    }

    private mutating func append(_ text: String) throws(HL7v2Error) {
        guard Escapes.append(text, to: &bytes, delimiters, characterSet, isHeader: isHeader) else {
            throw HL7v2Error(.textInexpressible, at: place)
        }
    }
}
