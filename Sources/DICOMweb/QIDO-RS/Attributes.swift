internal import DICOM
internal import JSON

/// The few attributes that are read from one match of a search, in the DICOM JSON model (PS3.18 Annex F).
struct Attributes {
    private let json: JSONObject

    init?(_ json: JSONValue) {
        guard let object = json.object else { return nil }
        self.json = object
    }

    /// The first value as text without padding; nil when absent or empty. Numbers give their text.
    func string(_ keyword: Keyword) -> String? { strings(keyword).first }

    /// All values that are not empty.
    func strings(_ keyword: Keyword) -> [String] {
        values(keyword).compactMap { value in
            let text = value.string ?? value.number?.text ?? value["Alphabetic"]?.string
            return text.map(Self.trimmed).flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    /// The first value as a whole number, whether sent as number or as text.
    func int(_ keyword: Keyword) -> Int? { string(keyword).flatMap { Int($0) } }

    /// The first value as a UID that keeps the grammar.
    func uid(_ keyword: Keyword) -> UID? { string(keyword).flatMap { UID($0) } }

    /// The first item of a sequence.
    func item(_ keyword: Keyword) -> Attributes? { values(keyword).first.flatMap(Attributes.init) }

    private func values(_ keyword: Keyword) -> [JSONValue] {
        let element = json[keyword.rawValue] ?? json[keyword.rawValue.lowercased()]
        return element?["Value"]?.array ?? []
    }

    /// Blanks and NULs around a value are padding (PS3.5 §6.2).
    static func trimmed(_ text: String) -> String {
        func isPadding(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\0" }
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, isPadding(first) { scalars.removeFirst() }
        while let last = scalars.last, isPadding(last) { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }
}

/// The attributes that are asked for and read, as keys of the DICOM JSON model.
enum Keyword: String {
    case sopClassUID = "00080016"
    case sopInstanceUID = "00080018"
    case studyDate = "00080020"
    case accessionNumber = "00080050"
    case issuerOfAccessionNumberSequence = "00080051"
    case modality = "00080060"
    case modalitiesInStudy = "00080061"
    case patientName = "00100010"
    case patientID = "00100020"
    case issuerOfPatientID = "00100021"
    case patientBirthDate = "00100030"
    case patientSex = "00100040"
    case studyInstanceUID = "0020000D"
    case seriesInstanceUID = "0020000E"
    case numberOfStudyRelatedSeries = "00201206"
    case numberOfStudyRelatedInstances = "00201208"
    case localNamespaceEntityID = "00400031"
    case universalEntityID = "00400032"
}
