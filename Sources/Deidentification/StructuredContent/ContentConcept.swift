internal import DICOM

/// What a content item is about (PS3.3 §8, Concept Name Code Sequence): whether its value is somebody's particulars.
struct ContentConcept {
    /// The concept comes from a published scheme, so that its meaning is known.
    let isPublished: Bool
    /// Its value names a person, a place, an organisation, a device or a day of birth or death.
    let isIdentifying: Bool
    /// Its value is the subject's age.
    let isAge: Bool

    init(_ item: DataSet) {
        let concept = item.items(.conceptNameCodeSequence).first ?? DataSet()
        let code = concept.string(.codeValue) ?? ""
        isPublished = CodedItem.isPublished(concept)
        isAge = concept.string(.codingSchemeDesignator) == "DCM" && code == Self.subjectAge
        let isCoded = concept.string(.codingSchemeDesignator) == "DCM" && Self.identifying.contains(code)
        isIdentifying = isCoded || Self.asksForParticulars(concept.string(.codeMeaning) ?? "")
    }

    private static let subjectAge = "121033"

    /// Codes of DCM (PS3.16 Annex D) for the observer, the subject, the procedure and the specimen (TID 1001…1010), for
    /// persons and organisations in dose reports (TID 1020), and for rooms, devices and reasons in words.
    private static let identifying: Set<String> = [
        "110190", "111529", "111700", "111705", "111706", "111724", "113870", "113871", "113872", "113873", "113877",
        "113880", "121000", "121008", "121009", "121012", "121013", "121016", "121017", "121022", "121028", "121029",
        "121030", "121031", "121036", "121040", "121041", "121043", "121060", "121114", "121121", "121122", "121148",
        "121149", "121152", "121193", "121196", "121197", "121198", "121434", "122165", "125010", "128774", "128775",
        "113510", "113511", "113512", "113513", "113514", "113516", "111718", "121081", "121173", "109111",
    ]

    /// Whether the meaning, in words, asks for particulars: for concepts of other schemes and of none.
    private static func asksForParticulars(_ meaning: String) -> Bool {
        let words = meaning.lowercased().split { !$0.isLetter && $0 != "-" }.map(String.init)
        return words.contains { particulars.contains($0) || $0.hasPrefix("identif") }
    }

    private static let particulars: Set<String> = [
        "name", "names", "address", "phone", "telephone", "fax", "email", "e-mail", "id", "mrn", "ssn", "accession",
        "birth", "born", "birthdate", "death", "serial", "physician", "operator", "observer", "institution",
        "organization", "organisation", "hospital", "clinic", "ward", "room", "city", "street", "zip", "postal",
        "country", "insurance", "employer", "relative", "spouse", "mother", "father", "contact", "licence", "license",
        "url", "device", "station", "author", "radiologist", "technologist", "nurse", "signature",
    ]
}
