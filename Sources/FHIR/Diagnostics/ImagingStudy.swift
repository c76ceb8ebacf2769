public import JSON

/// A DICOM study as the EHR knows it (R4 §10.4).
public struct ImagingStudy: TypedResource {
    public static let resourceType = "ImagingStudy"
    public var elements: JSONObject
    public init(unchecked elements: JSONObject) { self.elements = elements }

    /// registered, available, cancelled, entered-in-error or unknown.
    public var status: String? { text("status") }

    /// The Study Instance UID without `urn:oid:`; nil when there is none or more than one. A value that lacks the
    /// prefix, a common mistake of peers, is read as well.
    public var studyInstanceUID: String? {
        let uids = Set(identifiers.filter { $0.system == CodeSystem.dicomUID }.map { plainUID($0.value) })
        return uids.count == 1 ? uids.first : nil
    }

    /// Identifiers of type ACSN.
    public var accessionNumbers: [Identifier] { identifiers.filter { $0.typeCode == "ACSN" } }

    public var modalities: [String] { list("modality") { $0["code"]?.string } }
    public var subject: Reference? { one("subject", Reference.init(json:)) }
    public var basedOn: [Reference] { list("basedOn", Reference.init(json:)) }
    public var started: String? { text("started") }
    public var numberOfSeries: Int? { elements["numberOfSeries"]?.int }
    public var numberOfInstances: Int? { elements["numberOfInstances"]?.int }
    public var series: [Series] { list("series", Series.init(json:)) }

    /// One series; its UID is plain in R4, and `urn:oid:` before it is taken off.
    public struct Series: Hashable, Sendable {
        public let uid: String
        public let modality: String?
        public let numberOfInstances: Int?
        public let bodySite: Coding?
        public let instances: [Instance]

        init?(json: JSONValue) {
            guard let uid = json["uid"]?.string else { return nil }
            self.uid = plainUID(uid)
            modality = json["modality"]?["code"]?.string
            numberOfInstances = json["numberOfInstances"]?.int
            bodySite = json["bodySite"].flatMap(Coding.init(json:))
            instances = json["instance"]?.elements.compactMap(Instance.init(json:)) ?? []
        }
    }

    /// One instance.
    public struct Instance: Hashable, Sendable {
        public let uid: String
        public let sopClass: String?

        init?(json: JSONValue) {
            guard let uid = json["uid"]?.string else { return nil }
            self.uid = plainUID(uid)
            sopClass = (json["sopClass"]?["code"]?.string).map(plainUID)
        }
    }
}

/// The identifier of a study in FHIR: system `urn:dicom:uid`, value `urn:oid:…`.
public func studyIdentifier(_ studyInstanceUID: String) -> Identifier {
    Identifier(system: CodeSystem.dicomUID, value: "urn:oid:\(studyInstanceUID)")
}

private func plainUID(_ text: String) -> String {
    text.hasPrefix("urn:oid:") ? String(text.dropFirst("urn:oid:".count)) : text
}
