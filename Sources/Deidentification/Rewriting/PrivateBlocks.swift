internal import DICOM

/// Which private elements of a data set or item stay under Retain Safe Private (PS3.15 §E.3.10): those of the profile's
/// list, and those of blocks that the object itself calls safe (PS3.3 C.12.1, Private Data Element Characteristics).
struct PrivateBlocks {
    private struct Block: Hashable {
        let group: UInt16
        let creator: String
    }

    /// Creators by the tag of their reservation (gggg,00bb) (PS3.5 §7.8.1).
    private var creators: [Tag: String] = [:]
    private var safe: Set<Block> = []
    /// Elements of a mixed block that identify nobody, by the last two digits.
    private var safeElements: [Block: Set<UInt8>] = [:]
    private var listed: [Block: [UInt8: (vr: VR, values: Int)]] = [:]
    private let isRetained: Bool

    init(_ item: DataSet, _ profile: DeidentificationProfile) {
        isRetained = profile.options.contains(.retainSafePrivate)
        guard isRetained else { return }
        for element in item where element.tag.isPrivate && (0x10...0xFF).contains(element.tag.element) {
            if case .text(let values) = element.value, values.count == 1 { creators[element.tag] = values[0] }
        }
        for known in profile.privateList {
            guard let vr = VR(rawValue: known.vr) else { continue }
            listed[Block(group: known.group, creator: known.creator), default: [:]][known.offset] = (vr, known.values)
        }
        for characteristics in item.items(Self.characteristics) {
            guard let group = characteristics.int(Self.groupReference),
                let creator = characteristics.string(Self.creatorReference)
            else { continue }
            let block = Block(group: UInt16(truncatingIfNeeded: group), creator: creator)
            switch characteristics.string(Self.status) {
            case "SAFE": safe.insert(block)
            case "MIXED":
                let offsets = characteristics.ints(Self.nonidentifying).map { UInt8(truncatingIfNeeded: $0) }
                safeElements[block, default: []].formUnion(offsets)
            default: continue
            }
        }
    }

    private static let characteristics = Tag(0x0008, 0x0300)
    private static let groupReference = Tag(0x0008, 0x0301)
    private static let creatorReference = Tag(0x0008, 0x0302)
    private static let status = Tag(0x0008, 0x0303)
    private static let nonidentifying = Tag(0x0008, 0x0304)

    /// The element in its VR, or nil where nobody says that it is safe, or what it is. Reservations are answered by
    /// `withDeclarations`.
    func kept(_ element: DataElement) -> DataElement? {
        guard isRetained, let reservation = Self.reservation(of: element.tag), let creator = creators[reservation]
        else { return nil }
        let block = Block(group: element.tag.group, creator: creator)
        let offset = UInt8(element.tag.element & 0xFF)
        if let (vr, values) = listed[block]?[offset] {
            // Of a VR in the file that is not the list's, one of both is wrong.
            let known = element.vr == vr ? element : element.vr == .UN ? PrivateValue.decoded(element, as: vr) : nil
            // Any bytes are numbers: more of them than there should be are something else.
            return known.flatMap { $0.valueCount.map { $0 <= values } == false ? nil : $0 }
        }
        // What a block is worth says the device; what stands in UN it does not say. Sequences may hold anything.
        guard safe.contains(block) || safeElements[block]?.contains(offset) == true, element.vr != .UN,
            element.vr != .SQ
        else { return nil }
        return element
    }

    private static func reservation(of tag: Tag) -> Tag? {
        let block = tag.element >> 8
        return (0x10...0xFF).contains(block) ? Tag(tag.group, block) : nil
    }

    /// The elements with the reservations of the blocks of which something stayed, and with what the object says of
    /// them; other reservations and statements go.
    func withDeclarations(_ elements: [DataElement], of item: DataSet) -> [DataElement] {
        var result = elements.filter { $0.tag != Self.characteristics }
        let reservations = Set(elements.compactMap { $0.tag.isPrivate ? Self.reservation(of: $0.tag) : nil })
        guard !reservations.isEmpty else { return result }
        var left: Set<Block> = []
        for reservation in reservations {
            guard let creator = creators[reservation] else { continue }
            result.append(DataElement(reservation, .LO, .text([creator])))
            left.insert(Block(group: reservation.group, creator: creator))
        }
        let statements = item.items(Self.characteristics).compactMap { Self.statement($0, left) }
        if !statements.isEmpty { result.append(DataElement(Self.characteristics, .SQ, .sequence(statements))) }
        return result
    }

    private static func statement(_ item: DataSet, _ left: Set<Block>) -> DataSet? {
        guard let group = item.int(groupReference), let creator = item.string(creatorReference),
            left.contains(Block(group: UInt16(truncatingIfNeeded: group), creator: creator))
        else { return nil }
        return DataSet(item.filter { [groupReference, creatorReference, status, nonidentifying].contains($0.tag) })
    }
}

extension DataElement {
    /// How many values it has (PS3.5 §6.4); nil where bytes are one value of any length.
    fileprivate var valueCount: Int? {
        switch value {
        case .text(let values): values.count
        case .integers(let values): values.count
        case .numbers(let values): values.count
        case .tags(let values): values.count
        case .bytes, .undecodedText, .sequence, .pixelFragments: nil
        }
    }
}

/// Values of private elements that came as UN (implicit VR, PS3.5 §6.2.2), by a VR known from elsewhere.
enum PrivateValue {
    /// Nil where the bytes are not of this VR. Text must be ASCII: nobody says in which character set UN is written.
    static func decoded(_ element: DataElement, as vr: VR) -> DataElement? {
        guard case .bytes(let bytes) = element.value else { return nil }
        guard let value = value(bytes, vr) else { return nil }
        return DataElement(element.tag, vr, value)
    }

    private static func value(_ bytes: [UInt8], _ vr: VR) -> DataElement.Value? {
        switch vr {
        case .US: words(bytes, UInt16.self).map { .integers($0.map { Int64($0) }) }
        case .SS: words(bytes, UInt16.self).map { .integers($0.map { Int64(Int16(bitPattern: $0)) }) }
        case .UL: words(bytes, UInt32.self).map { .integers($0.map { Int64($0) }) }
        case .SL: words(bytes, UInt32.self).map { .integers($0.map { Int64(Int32(bitPattern: $0)) }) }
        case .FL: words(bytes, UInt32.self).map { .numbers($0.map { Double(Float(bitPattern: $0)) }) }
        case .FD: words(bytes, UInt64.self).map { .numbers($0.map { Double(bitPattern: $0) }) }
        case .OB, .OW, .OF, .OD, .OL, .OV: .bytes(bytes)
        case _ where vr.isCharacterString: text(bytes, vr).map { .text($0) }
        default: nil
        }
    }

    private static func words<Word: FixedWidthInteger>(_ bytes: [UInt8], _ type: Word.Type) -> [Word]? {
        let width = Word.bitWidth / 8
        guard !bytes.isEmpty, bytes.count % width == 0 else { return nil }
        return stride(from: 0, to: bytes.count, by: width).map { start in
            bytes[start..<(start + width)].reversed().reduce(Word.zero) { $0 << 8 | Word(truncatingIfNeeded: $1) }
        }
    }

    private static func text(_ bytes: [UInt8], _ vr: VR) -> [String]? {
        let trimmed = bytes.reversed().drop { $0 == 0 || $0 == 0x20 }.reversed()
        guard trimmed.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
        let text = String(decoding: Array(trimmed), as: UTF8.self)
        return text.split(separator: "\\", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0 == " " })
        }
    }
}
