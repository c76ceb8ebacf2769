/// What the codes of a published system look like. What cannot be one of its codes is text that somebody wrote into the
/// place of a code.
enum CodeGrammar: String, Sendable, CaseIterable {
    /// Number and check digit; parts and answers have two letters before.
    case loinc
    /// An identifier of a concept: partition and check digit (SNOMED CT Release File Specification §6).
    case snomed
    /// SNOMED before it was numbers: `T-28000`.
    case snomed2
    /// Units of UCUM and ISO+ that are in use (`UnitOfMeasure`).
    case ucum
    /// PS3.16 Annex D; and modalities (CID 29), whose codes are words.
    case dicom
    case icd9
    case icd10
    case cpt
    case radlex
    /// Two letters, and a country's (RFC 5646).
    case language
    /// ISO 3166-1.
    case country

    /// Whether `code` has the form.
    func accepts(_ code: String) -> Bool {
        guard code.isShortASCII else { return false }
        return switch self {
        case .loinc: Self.isLOINC(code)
        case .snomed: Self.isSNOMED(code)
        case .snomed2: code.wholeMatch(of: /[A-Z]-[0-9A-F]{4,5}/) != nil
        case .ucum: UnitOfMeasure.isKnown(code)
        case .dicom: code.wholeMatch(of: /1[0-9]{5}/) != nil || Self.modalities.contains(code)
        case .icd9: code.wholeMatch(of: /(?:[0-9]{3}|V[0-9]{2}|E[0-9]{3})(?:\.[0-9]{1,2})?/) != nil
        case .icd10: code.wholeMatch(of: /[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?/) != nil
        case .cpt: code.wholeMatch(of: /[0-9]{4}[0-9A-Z]/) != nil
        case .radlex: code.wholeMatch(of: /RP?ID[0-9]{1,6}/) != nil
        case .language: code.wholeMatch(of: /[a-z]{2}(?:-[A-Z]{2})?/) != nil
        case .country: code.wholeMatch(of: /[A-Z]{2,3}/) != nil
        }
    }

    private static let modalities: Set<String> = [
        "AR", "AU", "BDUS", "BI", "BMD", "CR", "CT", "DG", "DX", "ECG", "EPS", "ES", "GM", "HC", "HD", "IO", "IVOCT",
        "IVUS", "KER", "KO", "LEN", "LS", "MG", "MR", "NM", "OAM", "OCT", "OP", "OPM", "OPT", "OPV", "OSS", "OT", "PR",
        "PT", "PX", "REG", "RF", "RG", "SEG", "SM", "SMR", "SR", "SRF", "TG", "US", "VA", "XA", "XC",
    ]

    private static func isLOINC(_ code: String) -> Bool {
        if code.wholeMatch(of: /L[AGLP][0-9]{1,7}-[0-9]/) != nil { return true }
        guard code.wholeMatch(of: /[0-9]{1,7}-[0-9]/) != nil else { return false }
        return CheckDigit.isLuhn(code.utf8.filter { $0 != UInt8(ascii: "-") })
    }

    private static func isSNOMED(_ code: String) -> Bool {
        code.wholeMatch(of: /[1-9][0-9]{2,14}[01]0[0-9]/) != nil && CheckDigit.isVerhoeff(Array(code.utf8))
    }
}

extension String {
    /// Printable ASCII without blanks, 1 to 64 characters: what every code is.
    var isShortASCII: Bool { (1...64).contains(utf8.count) && utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
