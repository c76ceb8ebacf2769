internal import DICOM

/// What a content item is about (PS3.3 §8, Concept Name Code Sequence): whether its value is somebody's particulars.
struct ContentConcept {
    /// The concept comes from a published scheme, so that its meaning is known.
    let isPublished: Bool
    /// Its value names a person, a place, an organisation, a device or a day of birth or death.
    let isIdentifying: Bool
    /// Its value is the subject's age.
    let isAge: Bool
    /// Whose particulars the concept asks for, as far as its meaning tells.
    let subject: Subject

    /// What a value names.
    enum Subject { case person, institution, device, unknown }

    init(_ item: DataSet) {
        let concept = item.items(.conceptNameCodeSequence).first ?? DataSet()
        let code = concept.string(.codeValue) ?? ""
        isPublished = CodedItem.isPublished(concept)
        let isCoded = concept.string(.codingSchemeDesignator) == "DCM" && Self.identifying.contains(code)
        let meaning = Self.words(of: concept.string(.codeMeaning) ?? "")
        isAge =
            Self.ages[concept.string(.codingSchemeDesignator) ?? ""]?.contains(code) == true || meaning.contains("age")
            || meaning.contains("alter")
        isIdentifying = isCoded || meaning.contains { Self.particulars.contains($0) || $0.hasPrefix("identif") }
        // "Device Observer Name" is no person's.
        subject =
            if meaning.contains(where: Self.devices.contains) {
                .device
            } else if meaning.contains(where: Self.institutions.contains) {
                .institution
            } else if meaning.contains(where: Self.persons.contains) {
                .person
            } else {
                .unknown
            }
    }

    /// Subject Age, and the ages of LOINC: stated, reported, calculated, estimated.
    private static let ages: [String: Set<String>] = [
        "DCM": ["121033"], "LN": ["30525-0", "21612-7", "29553-5", "21611-9", "63900-5"],
    ]

    /// Codes of DCM (PS3.16 Annex D) for the observer, the subject, the procedure and the specimen (TID 1001…1010), for
    /// persons and organisations in dose reports (TID 1020), and for rooms, devices and reasons in words.
    private static let identifying: Set<String> = [
        "110190", "111529", "111700", "111705", "111706", "111724", "113870", "113871", "113872", "113873", "113877",
        "113880", "121000", "121008", "121009", "121012", "121013", "121016", "121017", "121022", "121028", "121029",
        "121030", "121031", "121036", "121040", "121041", "121043", "121060", "121114", "121121", "121122", "121148",
        "121149", "121152", "121193", "121196", "121197", "121198", "121434", "122165", "125010", "128774", "128775",
        "113510", "113511", "113512", "113513", "113514", "113516", "111718", "121081", "121173", "109111",
    ]

    private static func words(of meaning: String) -> [String] {
        meaning.lowercased().split { !$0.isLetter && $0 != "-" }.map(String.init)
    }

    private static let devices: Set<String> = ["device", "station", "serial"]
    private static let institutions: Set<String> = [
        "institution", "organization", "organisation", "hospital", "clinic", "ward", "room",
    ]
    private static let persons: Set<String> = [
        "name", "names", "physician", "operator", "observer", "relative", "spouse", "mother", "father", "contact",
        "author", "radiologist", "technologist", "nurse", "signature",
    ]

    /// Words of a meaning that asks for particulars: for concepts of other schemes and of none.
    static let particulars: Set<String> = [
        "name", "names", "address", "phone", "telephone", "fax", "email", "e-mail", "id", "mrn", "ssn", "accession",
        "birth", "born", "birthdate", "death", "serial", "physician", "operator", "observer", "institution",
        "organization", "organisation", "hospital", "clinic", "ward", "room", "city", "street", "zip", "postal",
        "country", "insurance", "employer", "relative", "spouse", "mother", "father", "contact", "licence", "license",
        "url", "device", "station", "author", "radiologist", "technologist", "nurse", "signature",
    ]
}
