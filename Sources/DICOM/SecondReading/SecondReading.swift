/// Whether DCMTK finds in a file what this module's reader found: the same elements, items and values up to Pixel Data.
/// Two readers that share no code must agree before anything of a file is believed (decision record 0005).
///
/// Explained differences are let pass: what a reader takes for UN (it knows another edition of PS3.6, or a private
/// dictionary) is compared by its bytes, or by its tag alone where the other one sees a sequence in it; and in implicit
/// VR, where dictionaries and not the file say the VR, only the bytes count.
struct SecondReading {
    private enum Content {
        case elements(ArraySlice<DataElement>)
        case items(ArraySlice<DataSet>)
        case fragments(ArraySlice<[UInt8]>)
        /// Only DCMTK sees structure here.
        case unseen
    }

    /// What this module's reader found at one level and DCMTK has not shown yet.
    private struct Level {
        var content: Content
        var characters: SpecificCharacterSet
        var isExplicitVR: Bool
    }

    private var levels: [Level]

    /// Throws `readersDisagree` with the tag where they do.
    static func check(_ instance: Instance, in file: AcceptedFile) throws(DICOMError) {
        var native = try DCMTKFile(reading: file)
        var reading = SecondReading(instance, isExplicitVR: file.isExplicitVR)
        while let event = try native.next(), !reading.isPastHeader(event) { try reading.take(event) }
        guard reading.levels.count == 1, reading.isLastLevelEmpty else { throw DICOMError(.readersDisagree) }
    }

    private init(_ instance: Instance, isExplicitVR: Bool) {
        let header = instance.dataSet.elements.prefix { $0.tag < .pixelData }
        levels = [
            Level(
                content: .elements(ArraySlice(instance.fileMeta.elements + header)),
                characters: SpecificCharacterSet([]), isExplicitVR: isExplicitVR)
        ]
    }

    /// A deflated file is not cut in front of its Pixel Data.
    private func isPastHeader(_ event: DCMTKFile.Event) -> Bool {
        guard levels.count == 1 else { return false }
        return switch event {
        case .element(let tag, _, _), .sequence(let tag, _): tag >= .pixelData
        default: false
        }
    }

    private mutating func take(_ event: DCMTKFile.Event) throws(DICOMError) {
        switch event {
        case .element(let tag, let vr, let bytes): try takeElement(tag, vr, bytes)
        case .sequence(let tag, let vr): try takeSequence(tag, vr)
        case .fragment(let bytes): try takeFragment(bytes)
        case .item: try takeItem()
        case .itemEnd, .sequenceEnd:
            guard levels.count > 1, isLastLevelEmpty else { throw DICOMError(.readersDisagree) }
            levels.removeLast()
        }
    }

    private var isLastLevelEmpty: Bool {
        switch levels.last?.content {
        case .elements(let elements): elements.isEmpty
        case .items(let items): items.isEmpty
        case .fragments(let fragments): fragments.isEmpty
        case .unseen: true
        case nil: false
        }
    }

    private mutating func takeElement(_ tag: Tag, _ vr: VR?, _ bytes: [UInt8]) throws(DICOMError) {
        // Dropped by this module's reader.
        if tag.isGroupLength || tag == .dataSetTrailingPadding { return }
        guard let own = try nextElement(tag), let level = levels.last else { return }
        let isKnownToBoth = vr != nil && vr != .UN && own.vr != .UN
        if isKnownToBoth, level.isExplicitVR, vr != own.vr { throw DICOMError(.readersDisagree, tag: tag) }
        if case .sequence = own.value {
            guard !isKnownToBoth else { throw DICOMError(.readersDisagree, tag: tag) }
            return
        }
        guard Self.isValue(own, in: bytes, level.characters) else { throw DICOMError(.readersDisagree, tag: tag) }
        if tag == .specificCharacterSet {
            let terms: [String] = if case .text(let terms) = own.value { terms } else { ["?"] }
            levels[levels.count - 1].characters = SpecificCharacterSet(terms)
        }
    }

    private mutating func takeSequence(_ tag: Tag, _ vr: VR?) throws(DICOMError) {
        guard var level = levels.last else { return }
        switch try nextElement(tag)?.value {
        case .sequence(let items)?: level.content = .items(items[...])
        case .pixelFragments(let fragments)?: level.content = .fragments(fragments[...])
        case .bytes?, nil: level.content = .unseen
        default: throw DICOMError(.readersDisagree, tag: tag)
        }
        // UN of undefined length holds implicit VR (PS3.5 §6.2.2, note 2).
        if vr != .SQ { level.isExplicitVR = false }
        levels.append(level)
    }

    private mutating func takeItem() throws(DICOMError) {
        guard var level = levels.last else { return }
        switch level.content {
        case .items(var items):
            guard let item = items.popFirst() else { throw DICOMError(.readersDisagree) }
            levels[levels.count - 1].content = .items(items)
            level.content = .elements(item.elements[...])
        case .unseen: break
        default: throw DICOMError(.readersDisagree)
        }
        levels.append(level)
    }

    private mutating func takeFragment(_ bytes: [UInt8]) throws(DICOMError) {
        guard case .fragments(var fragments)? = levels.last?.content else {
            if case .unseen? = levels.last?.content { return }
            throw DICOMError(.readersDisagree)
        }
        guard fragments.popFirst() == bytes else { throw DICOMError(.readersDisagree) }
        levels[levels.count - 1].content = .fragments(fragments)
    }

    /// This module's element in the same place, which must have this tag; nil where only DCMTK sees structure.
    private mutating func nextElement(_ tag: Tag) throws(DICOMError) -> DataElement? {
        switch levels.last?.content {
        case .elements(var elements):
            guard let own = elements.popFirst(), own.tag == tag else {
                throw DICOMError(.readersDisagree, tag: tag)
            }
            levels[levels.count - 1].content = .elements(elements)
            return own
        case .unseen: return nil
        default: throw DICOMError(.readersDisagree, tag: tag)
        }
    }

    private static func isValue(_ own: DataElement, in bytes: [UInt8], _ characters: SpecificCharacterSet) -> Bool {
        func isEqual(_ bytes: [UInt8]) -> Bool {
            let value = ValueDecoder.decode(bytes, vr: own.vr, bigEndian: false, characters)
            // By bits: a NaN equals none.
            if case .numbers(let numbers) = own.value, case .numbers(let others) = value {
                return numbers.map(\.bitPattern) == others.map(\.bitPattern)
            }
            return value == own.value
        }
        // DCMTK pads a value of odd length.
        return isEqual(bytes) || (bytes.last == 0 && isEqual(bytes.dropLast()))
    }
}
