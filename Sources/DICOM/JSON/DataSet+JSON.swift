public import JSON

extension DataSet {
    /// Reads a data set of the DICOM JSON model (PS3.18 Annex F): numbers as numbers or strings, PN as objects or
    /// strings.
    ///
    /// An element that only names its value elsewhere (BulkDataURI) is left out. Throws `invalidJSON` with the tag,
    /// also for a tag given twice.
    public init(json: JSONValue) throws(DICOMError) {
        guard let object = json.object else { throw DICOMError(.invalidJSON) }
        var elements: [DataElement] = []
        for (key, attribute) in object {
            guard let tag = Tag(hex: key) else { throw DICOMError(.invalidJSON) }
            guard attribute["BulkDataURI"] == nil else { continue }
            elements.append(try DataElement(tag, json: attribute))
        }
        try self.init(reading: elements)
    }

    /// The data set in the DICOM JSON model. Group lengths, encapsulated pixels and text that could not be decoded are
    /// left out (the latter's element stands there empty).
    public var json: JSONValue {
        var object = JSONObject()
        for element in self where !element.tag.isGroupLength {
            if case .pixelFragments = element.value { continue }
            object[element.tag.hex] = element.json
        }
        return .object(object)
    }
}
