public import DICOM
public import SecondOpinion

/// What a header tells of a person or a place: one list for the removal while rewriting and for the second opinion.
enum HeaderIdentity {
    /// As what a value is known.
    /// `original`: bytes that could not be decoded, a byte in each character.
    enum Kind { case name, identifier, date, uid, text, original }

    /// Calls `body` with each value of `header`, its items too, that must not stand in the result.
    static func visit<Failure: Error>(
        _ header: DataSet, _ profile: DeidentificationProfile?, _ body: (Kind, String) throws(Failure) -> Void
    ) throws(Failure) {
        for element in header {
            switch element.value {
            case .sequence(let items):
                for item in items {
                    if let (kind, value) = ContentParticular.find(in: item, profile), !isDummy(value),
                        tells(value, of: .textValue)
                    {
                        try body(kind, value)
                    }
                    try visit(item, profile, body)
                }
            case .text(let values): try visit(values.flatMap { DoubtfulText.readings(of: $0) }, element, profile, body)
            // Bytes that no declared character set explains, or a text that the file calls binary.
            case .undecodedText(let bytes), .bytes(let bytes):
                try visit(DoubtfulText.readings(of: bytes), element, profile, body)
                if kind(of: element, profile) != nil { try body(.original, DoubtfulText.whole(bytes)) }
            default: continue
            }
        }
    }

    private static func visit<Failure: Error>(
        _ values: [String], _ element: DataElement, _ profile: DeidentificationProfile?,
        _ body: (Kind, String) throws(Failure) -> Void
    ) throws(Failure) {
        guard let kind = kind(of: element, profile) else { return }
        for value in values where !value.isEmpty && !isDummy(value) && tells(value, of: element.tag) {
            if kind == .uid, isRegistered(value, profile) { continue }
            try body(kind, value)
        }
    }

    /// What the standard registers, or what such a UID begins with, stands in every file; anything else below its root
    /// is nobody's but the patient's.
    private static func isRegistered(_ uid: String, _ profile: DeidentificationProfile?) -> Bool {
        let uid = uid.filter { $0 != " " && $0 != "\0" }
        let root = "1.2.840.10008"
        guard uid.hasPrefix(root) || root.hasPrefix(uid) else { return false }
        let registered = profile?.rules.uids ?? (try? DeidentificationProfile.tables())?.uids ?? []
        return registered.contains(uid) || registered.contains { $0.hasPrefix(uid + ".") }
    }

    /// By the standard's VR: what a file calls its elements is no reason to overlook them.
    private static func kind(of element: DataElement, _ profile: DeidentificationProfile?) -> Kind? {
        if case .kept? = profile?.rules[element.tag], element.tag != .patientName { return nil }
        let dictionary = profile?.rules.dictionary ?? (try? DeidentificationProfile.tables())?.dictionary
        switch dictionary?[element.tag]?.vr ?? element.vr {
        case .PN: return .name
        case .UI: return profile?.options.contains(.retainUIDs) == true ? nil : .uid
        case .DA, .DT: return .date
        default: break
        }
        if identifiers.contains(element.tag) { return .identifier }
        return texts.contains(element.tag) ? .text : nil
    }

    /// A dummy is in many files before us, and says nothing.
    private static func isDummy(_ value: String) -> Bool {
        value == Dummy.text || value == Dummy.date || value.hasPrefix(Dummy.date)
    }

    /// A word such as CHEST in place of a number or a station's name would be found in every second value.
    private static func tells(_ value: String, of tag: Tag) -> Bool {
        // 00000000 stands in every measured value.
        guard
            Set(value.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }).count
                > 1
        else { return false }
        let wordsTellToo = !identifiers.contains(tag) && tag != .stationName || personal.contains(tag)
        return wordsTellToo || value.utf8.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Numbers that tell without a digit too.
    private static let personal: Set<Tag> = [.patientID, .otherPatientIDs, .accessionNumber]

    /// Numbers of the patient, of orders, visits and reports.
    private static let identifiers: Set<Tag> = [
        .patientID, .otherPatientIDs, .accessionNumber, Tag(0x0010, 0x1050), Tag(0x0010, 0x1090),
        Tag(0x0038, 0x0010), Tag(0x0038, 0x0060), .placerOrderNumberImagingServiceRequest,
        .fillerOrderNumberImagingServiceRequest, .requestedProcedureID, .scheduledProcedureStepID,
        .performedProcedureStepID, .studyID, Tag(0x0010, 0x2154), Tag(0x0010, 0x2155), Tag(0x0012, 0x0040),
        Tag(0x0012, 0x0042), Tag(0x0040, 0x1101), .deviceSerialNumber,
    ]

    /// Addresses, places and institutions.
    private static let texts: Set<Tag> = [
        Tag(0x0010, 0x1040), .institutionName, .institutionAddress, .stationName,
        Tag(0x0008, 0x0092), Tag(0x0008, 0x0094), Tag(0x0010, 0x21F0), Tag(0x0038, 0x0300),
        Tag(0x0038, 0x0400), Tag(0x0032, 0x1033), Tag(0x0040, 0x1103), Tag(0x0010, 0x1080),
        Tag(0x0010, 0x1081),
    ]
}

extension KnownIdentity {
    /// Adds what a header tells of a person: names, numbers, dates, UIDs, addresses and institutions, in items too;
    /// nothing that `profile` keeps. Throws `tooManyIdentifiers`.
    public mutating func collect(
        from header: DataSet, under profile: DeidentificationProfile? = nil
    ) throws(SecondOpinionError) {
        var collected = self
        try HeaderIdentity.visit(header, profile) { (kind, value) throws(SecondOpinionError) in
            switch kind {
            case .name: try collected.add(name: value)
            case .identifier: try collected.add(identifier: value)
            case .date: try collected.add(date: value)
            case .uid: try collected.add(uid: value)
            case .text: try collected.add(text: value)
            case .original: try collected.add(original: value.unicodeScalars.map { UInt8($0.value) })
            }
        }
        if let birth = BirthDate(header) { try collected.add(birthDate: birth.day) }
        self = collected
    }
}
