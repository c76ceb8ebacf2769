import DICOM
import HL7v2
import JSON

extension SyntheticPatient {
    /// The FHIR R4 Patient, marked as test data.
    func patientResource(id: String? = nil) -> JSONValue {
        FHIRText.resource(
            "Patient", id: id,
            [
                "identifier": [FHIRText.identifier("MR", Hospital.patientSystem, self.id)],
                "active": true,
                "name": [["use": "official", "family": .string(family), "given": [.string(given)]]],
                "gender": .string(sex.gender),
                "birthDate": .string(FHIRText.date(birthDate)),
            ])
    }
}

extension Examination {
    /// The FHIR R4 ServiceRequest. It names no requester, because the pretend hospital has no staff.
    ///
    /// - Parameters:
    ///   - subject: The Patient, as `Patient/…` or `urn:uuid:…`.
    ///   - status: Of the value set request-status.
    func serviceRequestResource(id: String? = nil, subject: String, status: String = "active") -> JSONValue {
        let instant = JSONValue.string(FHIRText.dateTime(time))
        return FHIRText.resource(
            "ServiceRequest", id: id,
            [
                "identifier": [
                    FHIRText.identifier("PLAC", Hospital.placerSystem, placerOrderNumber),
                    FHIRText.identifier("FILL", Hospital.fillerSystem, fillerOrderNumber),
                    FHIRText.identifier("ACSN", Hospital.accessionSystem, accessionNumber),
                ],
                "status": .string(status),
                "intent": "order",
                "category": [FHIRText.concept("http://snomed.info/sct", "363679005", "Imaging")],
                "priority": "routine",
                "code": codeConcept,
                "subject": ["reference": .string(subject)],
                "occurrenceDateTime": instant,
                "authoredOn": instant,
            ])
    }

    /// The FHIR R4 ImagingStudy: one series with one image.
    ///
    /// - Parameters:
    ///   - basedOn: The ServiceRequest, where the EHR knows it.
    ///   - status: Of the value set imagingstudy-status.
    func imagingStudyResource(
        id: String? = nil, subject: String, basedOn: String? = nil, status: String = "available"
    ) -> JSONValue {
        let modality = FHIRText.coding("http://dicom.nema.org/resources/ontology/DCM", kind.modality)
        let instance: JSONValue = [
            "uid": .string(sopInstanceUID.value),
            "sopClass": FHIRText.coding("urn:ietf:rfc:3986", "urn:oid:\(kind.sopClassUID)"),
            "number": 1,
        ]
        let series: JSONValue = [
            "uid": .string(seriesInstanceUID.value), "number": 1, "modality": modality, "numberOfInstances": 1,
            "bodySite": FHIRText.coding("http://snomed.info/sct", "51185008", "Thoracic structure"),
            "started": .string(FHIRText.dateTime(time)),
            "instance": [instance],
        ]
        var elements: JSONObject = [
            "identifier": [
                ["system": "urn:dicom:uid", "value": .string("urn:oid:\(studyInstanceUID.value)")],
                FHIRText.identifier("ACSN", Hospital.accessionSystem, accessionNumber),
            ],
            "status": .string(status),
            "modality": [modality],
            "subject": ["reference": .string(subject)],
            "started": .string(FHIRText.dateTime(time)),
        ]
        if let basedOn { elements["basedOn"] = [["reference": .string(basedOn)]] }
        elements["numberOfSeries"] = 1
        elements["numberOfInstances"] = 1
        elements["procedureCode"] = [codeConcept]
        elements["description"] = .string(kind.title)
        elements["series"] = [series]
        return FHIRText.resource("ImagingStudy", id: id, elements)
    }

    private var codeConcept: JSONValue {
        ["coding": [FHIRText.coding("http://loinc.org", kind.code)], "text": .string(kind.title)]
    }
}

/// Parts of resources.
private enum FHIRText {
    /// A resource with the label that says that nothing in it is true (v3-ActReason HTEST).
    static func resource(_ type: String, id: String?, _ elements: JSONObject) -> JSONValue {
        var resource: JSONObject = ["resourceType": .string(type)]
        if let id { resource["id"] = .string(id) }
        resource["meta"] = [
            "security": [
                coding("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST", "test health data")
            ]
        ]
        for (name, value) in elements { resource[name] = value }
        return .object(resource)
    }

    static func identifier(_ type: String, _ system: String, _ value: String) -> JSONValue {
        let types = "http://terminology.hl7.org/CodeSystem/v2-0203"
        return [
            "type": ["coding": [coding(types, type)]], "system": .string(system), "value": .string(value),
        ]
    }

    static func concept(_ system: String, _ code: String, _ display: String) -> JSONValue {
        ["coding": [coding(system, code, display)]]
    }

    static func coding(_ system: String, _ code: String, _ display: String? = nil) -> JSONValue {
        var coding: JSONObject = ["system": .string(system), "code": .string(code)]
        if let display { coding["display"] = .string(display) }
        return .object(coding)
    }

    /// `YYYY-MM-DD`.
    static func date(_ date: DTM) -> String {
        let text = date.date.description
        return [text.prefix(4), text.dropFirst(4).prefix(2), text.dropFirst(6).prefix(2)]
            .filter { !$0.isEmpty }.joined(separator: "-")
    }

    /// To the second, in UTC.
    static func dateTime(_ time: DTM) -> String {
        let utc = DTM(secondsSinceEpoch: time.assuming(offset: 0).secondsSinceEpoch ?? time.localSecondsSinceEpoch)
        let clock = utc.description.dropFirst(8)
        return "\(date(utc))T\(clock.prefix(2)):\(clock.dropFirst(2).prefix(2)):\(clock.dropFirst(4).prefix(2))Z"
    }
}
