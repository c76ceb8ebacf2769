/// Code tables of the v2-to-FHIR guide, with the local rules that `docs/integrate/v2-to-fhir.md` names.
enum CodeTables {
    /// ServiceRequest.status by ORC-5, table 0038.
    static func status(orderStatus: String) -> String? {
        switch orderStatus {
        case "CA", "DC", "RP": "revoked"
        case "CM": "completed"
        case "ER": "entered-in-error"
        case "HD": "on-hold"
        // A (some results available) has no row in the guide.
        case "IP", "SC", "A": "active"
        default: nil
        }
    }

    /// ServiceRequest.status by ORC-1, table 0119. CA and HD are requests in the guide; here they are done when the
    /// message is accepted. XO, RP and others that the guide leaves out leave an order active.
    static func status(orderControl: OrderControl) -> String? {
        switch orderControl {
        case .NW, .RO, .PR, .PY, .RQ, .OK, .RL, .AF, .XO, .XR, .XX, .RP, .RU, .OE, .OR, .CH, .PA: "active"
        case .CA, .DC, .CR, .DR, .OC, .OD, .DF: "revoked"
        case .HD, .HR, .OH: "on-hold"
        case .FU: "completed"
        default: nil
        }
    }

    /// ServiceRequest.priority, table 0485; local for P, C and T.
    static func priority(_ code: String) -> String? {
        switch code {
        case "S": "stat"
        case "A": "asap"
        case "R": "routine"
        case "P", "C": "urgent"
        default:
            code.wholeMatch(of: /T|T[SMHDWL][0-9]+/) == nil ? nil : "routine"
        }
    }

    /// Patient.gender, table 0001.
    static let gender = ["F": "female", "M": "male", "O": "other", "U": "unknown", "A": "other", "N": "other"]

    /// HumanName.use, table 0200.
    static let nameUse = [
        "BAD": "old", "D": "usual", "L": "official", "M": "maiden", "MSK": "anonymous", "N": "nickname", "NAV": "temp",
        "R": "official", "TEMP": "temp",
    ]

    /// Address.use and Address.type, table 0190.
    static let addressUse = ["BA": "old", "BI": "billing", "C": "temp", "B": "work", "H": "home", "O": "work"]
    static let addressType = ["M": "postal", "SH": "postal"]

    /// ContactPoint.use, table 0201, and ContactPoint.system, table 0202.
    static let telecomUse = ["PRN": "home", "WPN": "work", "PRS": "mobile"]
    static let telecomSystem = [
        "PH": "phone", "FX": "fax", "MD": "other", "CP": "phone", "SAT": "other", "BP": "pager", "Internet": "email",
        "X.400": "email", "TDD": "other", "TTY": "other",
    ]

    private static let v3MaritalStatus = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
    private static let v3NullFlavor = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"
    private static let v3ActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    private static let v3Confidentiality = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
    private static let v3RoleCode = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"

    /// Patient.maritalStatus, table 0002: system and code.
    static let maritalStatus: [String: (system: String, code: String)] = [
        "A": (v3MaritalStatus, "L"), "D": (v3MaritalStatus, "D"), "M": (v3MaritalStatus, "M"),
        "S": (v3MaritalStatus, "S"), "W": (v3MaritalStatus, "W"), "C": (v3MaritalStatus, "C"),
        "G": (v3MaritalStatus, "T"), "P": (v3MaritalStatus, "T"), "R": (v3MaritalStatus, "T"),
        "E": (v3MaritalStatus, "L"), "N": (v3MaritalStatus, "A"), "I": (v3MaritalStatus, "I"),
        "B": (v3MaritalStatus, "U"), "U": (v3NullFlavor, "UNK"), "O": (v3NullFlavor, "OTH"),
        "T": (v3NullFlavor, "NAVU"),
    ]

    /// ServiceRequest.locationCode, table 0482.
    static let orderType: [String: (system: String, code: String)] = [
        "I": (v3RoleCode, "HOSP"), "O": (v3RoleCode, "OF"),
    ]

    /// meta.security, table 0177. PSY and HIV are codes of ActCode; the guide names Confidentiality, which has neither.
    static let confidentiality: [String: (system: String, code: String)] = [
        "V": (v3Confidentiality, "V"), "R": (v3Confidentiality, "R"), "U": (table(177), "U"),
        "EMP": (v3ActCode, "EMP"), "UWM": (table(177), "UWM"), "VIP": (table(177), "VIP"), "PSY": (v3ActCode, "PSY"),
        "AID": (v3ActCode, "HIV"), "HIV": (v3ActCode, "HIV"), "ETH": (v3ActCode, "ETHUD"),
    ]

    /// The code system of an HL7 table.
    static func table(_ number: Int) -> String {
        let digits = String(number)
        return "http://terminology.hl7.org/CodeSystem/v2-" + String(repeating: "0", count: max(0, 4 - digits.count))
            + digits
    }

    /// The URI of a coding system by its name in table 0396; nil for a local one (`L`, `99…`) and for one that has no
    /// URI that is the same everywhere.
    static func system(_ name: String) -> String? {
        if let known = systems[name] { return known }
        guard name.hasPrefix("HL7"), name.utf8.count == 7, let number = Int(name.dropFirst(3)) else { return nil }
        return table(number)
    }

    private static let systems = [
        "LN": "http://loinc.org", "SCT": "http://snomed.info/sct", "I10": "http://hl7.org/fhir/sid/icd-10",
        "I10C": "http://hl7.org/fhir/sid/icd-10-cm", "I9C": "http://hl7.org/fhir/sid/icd-9-cm",
        "I9CDX": "http://hl7.org/fhir/sid/icd-9-cm", "C4": "http://www.ama-assn.org/go/cpt",
        "CPT": "http://www.ama-assn.org/go/cpt", "DCM": "http://dicom.nema.org/resources/ontology/DCM",
        "RADLEX": "http://www.radlex.org", "UCUM": "http://unitsofmeasure.org",
        "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm", "NDC": "http://hl7.org/fhir/sid/ndc",
        "CVX": "http://hl7.org/fhir/sid/cvx", "ISO3166_1": "urn:iso:std:iso:3166", "BCP47": "urn:ietf:bcp:47",
    ]

    /// FHIR's data type code: no white space at the ends, no two in a row (R4 §2.24.0.1).
    static func isCode(_ text: String) -> Bool { text.wholeMatch(of: /[^\s]+([\s]?[^\s]+)*/) != nil }

    /// FHIR's data type uri: no white space.
    static func isURI(_ text: String) -> Bool { !text.contains { $0.isWhitespace } && text.contains(":") }

    /// An object identifier.
    static func isOID(_ text: String) -> Bool { text.wholeMatch(of: /[0-2](\.(0|[1-9][0-9]*))+/) != nil }
}
