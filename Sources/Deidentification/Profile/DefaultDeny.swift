internal import DICOM

/// What happens to elements that the table does not name: nothing stays unless a rule here lets it stay.
enum DefaultDeny {
    /// Why an element goes or stays; counted on the receipt.
    enum Rule: String, Hashable, Sendable, CaseIterable {
        case table
        case privateElement
        case groupLength
        case curve
        case overlay
        case notInDictionary
        case otherVRThanStandard
        case freeText
        case binaryOutsideImageGroups
        case malformedValue
        case identifierInValue
        case standardVR
        case keepList
        case sequence
        case uid
        case marker
        case pixelData
        case dates
        case descriptor
        case safePrivate
        case profileKeepList
        case retained
    }

    /// The rule for an element outside the table, and whether it stays (a sequence is then walked, a UI mapped).
    static func rule(for element: DataElement, _ profile: DeidentificationProfile) -> (rule: Rule, stays: Bool) {
        let tag = element.tag
        if tag.isPrivate { return (.privateElement, false) }
        if tag.isGroupLength { return (.groupLength, false) }
        if (0x5000...0x50FF).contains(tag.group) { return (.curve, false) }
        // Without its data an overlay plane describes nothing.
        if (0x6000...0x60FF).contains(tag.group) { return (.overlay, false) }
        guard let entry = profile.rules.dictionary[tag] else { return (.notInDictionary, false) }
        guard isCompatible(element.vr, entry.vr) else { return (.otherVRThanStandard, false) }
        if keepList.contains(tag) { return (.keepList, true) }
        if profile.keeps(tag) { return (.profileKeepList, true) }
        if labels.contains(tag) { return (.freeText, false) }
        switch element.vr {
        case .SQ: return (.sequence, true)
        case .UI: return (.uid, true)
        // Later editions of the table name them, with the columns that all dates have.
        case .DA, .DT, .TM: return (.dates, profile.dates != .removed)
        case .CS, .DS, .IS, .FD, .FL, .SS, .US, .SL, .UL, .SV, .UV, .AT:
            return offsets.contains(tag) ? (.binaryOutsideImageGroups, false) : (.standardVR, true)
        // Words of 32 and 64 bits hold text as well as any, and no image needs them beside its pixels.
        case .OF, .OD, .OL, .OV: return (.binaryOutsideImageGroups, false)
        case .OB, .OW:
            let stays = imageGroups.contains(tag.group) && !removedBinary.contains(tag) && !offsets.contains(tag)
            return stays ? (.standardVR, true) : (.binaryOutsideImageGroups, false)
        default: return (.freeText, false)
        }
    }

    /// Where encapsulated frames lie: no longer true of the cleaned ones.
    private static let offsets: Set<Tag> = [
        .extendedOffsetTable, .extendedOffsetTableLengths, Tag(0x7FE0, 0x0003),
    ]

    /// Groups whose binary values are part of the image.
    private static let imageGroups: Set<UInt16> = [0x0018, 0x0028, 0x7FE0]

    /// ICC Profile holds descriptions in words, and grey images do not need it.
    private static let removedBinary: Set<Tag> = [Tag(0x0028, 0x2000)]

    /// Text that the classifier or the conformance of the object needs and that describes equipment or a code: each one
    /// was looked at. `CodedItem` decides on the values of codes.
    private static let keepList: Set<Tag> = [
        .manufacturer, .manufacturerModelName, .softwareVersions, .codeValue, .codingSchemeDesignator,
        .codingSchemeVersion, .codeMeaning, .rescaleType, .modalityLUTType,
    ]

    /// Code strings that persons make up, unlike all others: Content Label (PS3.3 C.10.9).
    private static let labels: Set<Tag> = [Tag(0x0070, 0x0080)]

    /// Text that goes, but whose attribute is of type 2 in an image (PS3.3 C.7.4.1): Position Reference Indicator.
    static let emptied: Set<Tag> = [Tag(0x0020, 0x1040)]

    private static func isCompatible(_ vr: VR, _ standard: VR) -> Bool {
        if vr == standard { return true }
        // The table of PS3.6 allows several VRs here; the dictionary names one.
        return switch standard {
        case .OW: vr == .OB || vr == .US || vr == .SS
        case .US: vr == .SS || vr == .OW
        default: false
        }
    }
}
