import DICOM
import FHIR
import JSON
import Mapping
import Testing

@testable import Matching

/// One exam as order, EHR and archive know it; a test bends one of them.
struct Exam {
    static let ehr = "https://ehr.example/fhir"
    static let hospital = Assigner(name: "hospital")
    static let clinic = Assigner(name: "clinic")
    static let study = "1.2.3.4"

    var order: ImagingOrder
    var patients = [resource("Patient", "p1", #""identifier":[{"system":"urn:hospital","value":"007"}]"#)]
    /// Identifiers that were merged into the order's patient's.
    var formerPatient: [AssignedIdentifier] = []
    var requests: [String] = []
    var studies: [String] = []
    var reference: StudyReference
    var archiveDefault: Assigner? = Exam.hospital
    var ehrDefault: Assigner?

    init() throws {
        let study = try #require(UID(Self.study))
        order = ImagingOrder(
            identity: OrderIdentity(
                accession: id("A1"), filler: id("F1", Self.clinic), placer: id("P1", Self.clinic)),
            patient: [id("007")], studyInstanceUID: study, source: "his")
        reference = StudyReference(studyInstanceUID: study, accessionNumber: "A1", patientID: "007")
    }

    mutating func study(
        uid: String = Exam.study, accession: String? = "A1", issuer: String? = nil, patient: String? = "007",
        patientIssuer: String? = nil
    ) throws {
        reference = StudyReference(
            studyInstanceUID: try #require(UID(uid)), accessionNumber: accession, issuerOfAccessionNumber: issuer,
            patientID: patient, issuerOfPatientID: patientIssuer)
    }

    func rule() throws -> StrictMatching {
        StrictMatching(
            assigners: try AssignerDirectory([
                AssignerEntry(name: "hospital", hl7: ["HOSP"], fhir: "urn:hospital", dicom: ["HOSP"]),
                AssignerEntry(name: "clinic", hl7: ["CLIN"], fhir: "urn:clinic", dicom: ["CLIN"]),
                AssignerEntry(name: "unseen", hl7: ["UNSEEN"]),
            ]),
            ehrDefault: ehrDefault, archiveDefault: archiveDefault, ehrBase: Self.ehr)
    }

    func match() throws -> Matched<MatchedContext> {
        try rule().match(
            order: order, formerPatient: formerPatient, patients: try patients.map { try Patient(json($0)) },
            serviceRequests: try requests.map { try ServiceRequest(json($0)) },
            imagingStudies: try studies.map { try ImagingStudy(json($0)) }, study: reference)
    }

    /// The header of an image of the study.
    func header(patient: String) throws -> DataSet {
        var header = DataSet()
        header.set(.studyInstanceUID, .UI, reference.studyInstanceUID.value)
        header.set(.patientID, .LO, patient)
        header.set(.accessionNumber, .SH, "A1")
        return header
    }

    /// Why it does not match; `nil` when it does.
    func refusal() throws -> MatchingError.Code? {
        do {
            _ = try match()
            return nil
        } catch let error as MatchingError {
            return error.code
        }
    }

    private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }
}

func id(_ value: String, _ assigner: Assigner? = Exam.hospital) -> AssignedIdentifier {
    AssignedIdentifier(assigner: assigner, value: value)
}

func resource(_ type: String, _ id: String?, _ elements: String) -> String {
    #"{"resourceType":"\#(type)"\#(id.map { #","id":"\#($0)""# } ?? ""),\#(elements)}"#
}

func request(
    _ id: String, subject: String = "Patient/p1", number: String = "A1", type: String? = "ACSN",
    system: String = "urn:hospital"
) -> String {
    let coding = type.map {
        #""type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"\#($0)"}]},"#
    }
    return resource(
        "ServiceRequest", id,
        #""identifier":[{\#(coding ?? "")"system":"\#(system)","value":"\#(number)"}],"subject":{"reference":"\#(subject)"}"#
    )
}

func imagingStudy(_ id: String, subject: String = "Patient/p1") -> String {
    resource("ImagingStudy", id, #""subject":{"reference":"\#(subject)"}"#)
}
