internal import DICOM

/// What a content item tells of somebody in words (TEXT), to be looked for everywhere else: the same name or number
/// stands in the conclusion, in a description, in the pixels. Persons (PNAME), days and UIDs are found by their VR.
enum ContentParticular {
    /// The value under a concept that asks for particulars, and as what it is known; nil where it says nothing that
    /// could be recognised, or names what `profile` keeps.
    static func find(in item: DataSet, _ profile: DeidentificationProfile?) -> (HeaderIdentity.Kind, String)? {
        guard item[.conceptNameCodeSequence] != nil, let text = item.string(.textValue), text.utf8.count <= most else {
            return nil
        }
        let concept = ContentConcept(item)
        guard concept.isIdentifying, !isKept(concept.subject, profile), !isVocabulary(text, profile) else { return nil }
        let hasDigit = text.utf8.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        if hasDigit, text.utf8.count <= 64, !text.contains(" ") { return (.identifier, text) }
        return (concept.subject == .person && !hasDigit ? .name : .text, text)
    }

    /// Bytes; longer ones are no particulars but a report.
    private static let most = 256

    private static func isKept(_ subject: ContentConcept.Subject, _ profile: DeidentificationProfile?) -> Bool {
        switch subject {
        case .device: profile?.options.contains(.retainDeviceIdentity) == true
        case .institution: profile?.options.contains(.retainInstitutionIdentity) == true
        case .person, .unknown: false
        }
    }

    /// "Radiologist", "Right lung": such words stand everywhere and name nobody.
    private static func isVocabulary(_ text: String, _ profile: DeidentificationProfile?) -> Bool {
        let words = text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
        let known = profile?.rules.words ?? (try? DeidentificationProfile.tables().words) ?? []
        return words.allSatisfy { word in
            guard !word.contains(where: \.isNumber) else { return false }
            return word.count < 3 || known.contains(word) || ContentConcept.particulars.contains(word)
        }
    }
}
