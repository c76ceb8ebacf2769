import DICOM
import FHIR
import Mapping
import Testing

@testable import Matching

@Suite("Right patient or nothing (design §2, promise 4)")
struct StrictMatchingTests {
    @Test("Order, EHR and archive that agree are matched, and the match says who they are")
    func agreement() throws {
        var exam = try Exam()
        exam.requests = [request("sr1")]
        exam.studies = [imagingStudy("is1")]
        let matched = try exam.match().value
        #expect(matched.patient.id == "p1")
        #expect(matched.serviceRequest?.id == "sr1")
        #expect(matched.imagingStudy?.id == "is1")
        #expect(matched.study == exam.reference)
        #expect(matched.order == exam.order)
    }

    @Test("An EHR without ServiceRequest and ImagingStudy is enough")
    func withoutRequest() throws {
        let matched = try Exam().match().value
        #expect(matched.serviceRequest == nil)
        #expect(matched.imagingStudy == nil)
    }

    // MARK: - The table of codes

    struct Row: Sendable, CustomTestStringConvertible {
        let code: MatchingError.Code
        let name: String
        let bend: @Sendable (inout Exam) throws -> Void

        init(_ code: MatchingError.Code, _ name: String, _ bend: @escaping @Sendable (inout Exam) throws -> Void) {
            self.code = code
            self.name = name
            self.bend = bend
        }

        var testDescription: String { "\(name): \(code.rawValue)" }
    }

    static let rows: [Row] = [
        Row(.orderPatientUnassigned, "the order's identifier has an unknown assigner") {
            $0.order.patient = [id("007", nil)]
        },
        Row(.orderPatientUnassigned, "the assigner has no FHIR system") {
            $0.order.patient = [id("007", Assigner(name: "unseen"))]
        },
        Row(.orderPatientUnassigned, "the order names no patient") { $0.order.patient = [] },
        Row(.patientNotFound, "the EHR has no such patient") { $0.patients = [] },
        Row(.patientAmbiguous, "two patients of the EHR have the identifier") {
            $0.patients.append($0.patients[0].replacing("p1", with: "p2"))
        },
        Row(.patientAmbiguous, "a patient has no id to tell it from another") {
            $0.patients = [resource("Patient", nil, #""identifier":[{"system":"urn:hospital","value":"007"}]"#)]
        },
        Row(.ehrPatientMismatch, "the EHR returned a patient with another number") {
            $0.patients[0].replace("007", with: "008")
        },
        Row(.ehrPatientMismatch, "the number is there under another system") {
            $0.patients[0].replace("urn:hospital", with: "urn:clinic")
        },
        Row(.ehrPatientMismatch, "an unknown system equals nothing") {
            $0.patients[0].replace("urn:hospital", with: "urn:nobody")
        },
        Row(.ehrPatientMismatch, "an identifier without system has no assigner unless one is configured") {
            $0.patients = [resource("Patient", "p1", #""identifier":[{"value":"007"}]"#)]
        },
        Row(.serviceRequestAmbiguous, "two ServiceRequests for one order") {
            $0.requests = [request("sr1"), request("sr2")]
        },
        Row(.serviceRequestPatientMismatch, "the ServiceRequest is another patient's") {
            $0.requests = [request("sr1", subject: "Patient/p2")]
        },
        Row(.serviceRequestPatientMismatch, "the ServiceRequest's patient is on another server") {
            $0.requests = [request("sr1", subject: "https://other.example/fhir/Patient/p1")]
        },
        Row(.serviceRequestPatientMismatch, "the subject is a Group with the patient's id") {
            $0.requests = [request("sr1", subject: "Group/p1")]
        },
        Row(.serviceRequestPatientMismatch, "the ServiceRequest names nobody") {
            $0.requests = [request("sr1", subject: "")]
        },
        Row(.imagingStudyAmbiguous, "two ImagingStudies for one study") {
            $0.studies = [imagingStudy("is1"), imagingStudy("is2")]
        },
        Row(.imagingStudyPatientMismatch, "the ImagingStudy is another patient's") {
            $0.studies = [imagingStudy("is1", subject: "Patient/p2")]
        },
        Row(.studyPatientUnassigned, "the study has no patient identifier") { try $0.study(patient: nil) },
        Row(.studyPatientUnassigned, "the study's patient identifier is empty") { try $0.study(patient: "") },
        Row(.studyPatientUnassigned, "the study's issuer is unknown") { try $0.study(patientIssuer: "NOBODY") },
        Row(.studyPatientUnassigned, "no issuer, and the archive has no default") {
            $0.archiveDefault = nil
            try $0.study(issuer: "HOSP")
        },
        Row(.studyPatientMismatch, "the study is another patient's") { try $0.study(patient: "008") },
        Row(.studyPatientMismatch, "the same number of another assigner") { try $0.study(patientIssuer: "CLIN") },
        Row(.studyPatientMismatch, "the order has the study's number, the EHR's patient has not") {
            $0.order.patient.append(id("008"))
            try $0.study(patient: "008")
        },
        Row(.studyPatientMismatch, "the EHR's patient has the study's number, the order has not") {
            $0.patients = [
                resource(
                    "Patient", "p1",
                    #""identifier":[{"system":"urn:hospital","value":"007"},{"system":"urn:hospital","value":"008"}]"#)
            ]
            try $0.study(patient: "008")
        },
        Row(.accessionMismatch, "the study has another accession number") { try $0.study(accession: "A2") },
        Row(.accessionMismatch, "the study has none") { try $0.study(accession: nil) },
        Row(.accessionMismatch, "the study's is empty") { try $0.study(accession: "") },
        Row(.accessionMismatch, "the same number of another assigner") { try $0.study(issuer: "CLIN") },
        Row(.accessionMismatch, "the issuer of the number is unknown") { try $0.study(issuer: "NOBODY") },
        Row(.accessionUnassigned, "neither accession number nor study") {
            $0.order.identity = OrderIdentity(placer: id("P1", Exam.clinic))
            $0.order.studyInstanceUID = nil
        },
        Row(.studyInstanceUIDMismatch, "the order names another study") {
            $0.order.studyInstanceUID = UID("1.2.3.5")
        },
    ]

    @Test("What does not agree is no match, and the code says what", arguments: rows)
    func refusals(_ row: Row) throws {
        var exam = try Exam()
        #expect(try exam.refusal() == nil, "the exam agrees before it is bent")
        try row.bend(&exam)
        #expect(try exam.refusal() == row.code)
    }

    @Test("Every code has its row")
    func everyCode() {
        #expect(Set(Self.rows.map(\.code)) == Set(MatchingError.Code.allCases))
    }

    // MARK: - What is equal

    @Test(
        "A reference to the patient is the same relative, absolute and with its version",
        arguments: [
            "Patient/p1", "\(Exam.ehr)/Patient/p1", "Patient/p1/_history/3", "\(Exam.ehr)/Patient/p1/_history/2",
        ])
    func references(_ subject: String) throws {
        var exam = try Exam()
        exam.requests = [request("sr1", subject: subject)]
        exam.studies = [imagingStudy("is1", subject: subject)]
        #expect(try exam.refusal() == nil)
    }

    @Test("Several identifiers of the order that lead to one patient are one patient")
    func severalIdentifiers() throws {
        var exam = try Exam()
        exam.order.patient.append(id("C9", Exam.clinic))
        exam.patients = [
            resource(
                "Patient", "p1",
                #""identifier":[{"system":"urn:hospital","value":"007"},{"system":"urn:clinic","value":"C9"}]"#)
        ]
        exam.patients.append(exam.patients[0])
        #expect(try exam.match().value.patient.id == "p1")
        #expect(try exam.rule().patientIdentifiers(of: exam.order).map(\.value) == ["007", "C9"])
    }

    @Test("An identifier with an unknown assigner is not searched for, the others are")
    func searchedIdentifiers() throws {
        var exam = try Exam()
        exam.order.patient = [id("X", nil), id("U", Assigner(name: "unseen")), id("007")]
        #expect(
            try exam.rule().patientIdentifiers(of: exam.order)
                == [Identifier(system: "urn:hospital", value: "007")])
        #expect(
            try exam.rule().serviceRequestIdentifiers(of: exam.order).map { [$0.system, $0.value] }
                == [["urn:hospital", "A1"], ["urn:clinic", "F1"], ["urn:clinic", "P1"]])
    }

    @Test("A ServiceRequest that several numbers of the order lead to is one")
    func sameRequestTwice() throws {
        var exam = try Exam()
        exam.requests = [request("sr1"), request("sr1")]
        #expect(try exam.match().value.serviceRequest?.id == "sr1")
    }

    @Test(
        "A ServiceRequest is the order's by the same kind of number only",
        arguments: [
            (type: "PLAC", isTaken: false), (type: "FILL", isTaken: false), (type: "ACSN", isTaken: true),
            (type: "RI", isTaken: true), (type: nil, isTaken: true),
        ])
    func kindOfNumber(_ type: String?, _ isTaken: Bool) throws {
        var exam = try Exam()
        // Of another patient: taken it would be refused, and so it must not be taken for the order's.
        exam.requests = [request("sr1", subject: "Patient/p2", type: type)]
        #expect(try exam.refusal() == (isTaken ? .serviceRequestPatientMismatch : nil))
    }

    @Test("Identifiers without a system or issuer have the default of the EHR and of the archive")
    func defaults() throws {
        var exam = try Exam()
        exam.patients = [resource("Patient", "p1", #""identifier":[{"value":"007"}]"#)]
        exam.ehrDefault = Exam.hospital
        #expect(try exam.refusal() == nil)
        exam.ehrDefault = Exam.clinic
        #expect(try exam.refusal() == .ehrPatientMismatch)
        exam = try Exam()
        exam.archiveDefault = Exam.clinic
        #expect(try exam.refusal() == .studyPatientMismatch)
        try exam.study(issuer: "HOSP", patientIssuer: "HOSP")
        #expect(try exam.refusal() == nil)
    }

    @Test("An order without an accession number is bound by the Study Instance UID")
    func withoutAccession() throws {
        var exam = try Exam()
        exam.order.identity = OrderIdentity(placer: id("P1", Exam.clinic))
        try exam.study(accession: "whatever")
        #expect(try exam.refusal() == nil)
        try exam.study(uid: "1.2.3.9", accession: "whatever")
        #expect(try exam.refusal() == .studyInstanceUIDMismatch)
    }

    @Test("An order without a study is bound by its accession number")
    func withoutStudy() throws {
        var exam = try Exam()
        exam.order.studyInstanceUID = nil
        #expect(try exam.refusal() == nil)
        try exam.study(accession: "A2")
        #expect(try exam.refusal() == .accessionMismatch)
    }

    @Test(
        "Values are compared byte for byte: case, leading zeros, inner spaces and composed letters differ",
        arguments: [("00 7", "007"), ("7", "007"), ("a1", "A1"), ("Z\u{E9}", "Ze\u{301}")])
    func bytes(_ one: String, _ other: String) throws {
        var exam = try Exam()
        exam.order.patient = [id(one)]
        exam.patients = [resource("Patient", "p1", #""identifier":[{"system":"urn:hospital","value":"\#(one)"}]"#)]
        try exam.study(patient: one)
        #expect(try exam.refusal() == nil)
        try exam.study(patient: other)
        #expect(try exam.refusal() == .studyPatientMismatch)
        exam.patients[0].replace(one, with: other)
        #expect(try exam.refusal() == .ehrPatientMismatch)
    }

    @Test("Padding at the ends is no part of a value")
    func padding() throws {
        var exam = try Exam()
        exam.order.patient = [id("007  ")]
        try exam.study(accession: " A1 ", issuer: "HOSP ", patient: "007\u{0}", patientIssuer: " HOSP")
        #expect(try exam.refusal() == nil)
    }

    // MARK: - After retrieval

    private func header(_ change: (inout DataSet) -> Void = { _ in }) -> DataSet {
        var header = DataSet()
        header.set(.studyInstanceUID, .UI, Exam.study)
        header.set(.patientID, .LO, "007")
        header.set(.accessionNumber, .SH, "A1")
        change(&header)
        return header
    }

    private func refusal(headers: [DataSet]) throws -> MatchingError.Code? {
        let exam = try Exam()
        let (matched, rule) = (try exam.match(), try exam.rule())
        do throws(MatchingError) {
            _ = try rule.match(matched, headers: headers)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("Headers that agree match, with their issuers and without")
    func headers() throws {
        let named = header { header in
            header.set(.issuerOfPatientID, .LO, "HOSP")
            var issuer = DataSet()
            issuer.set(.localNamespaceEntityID, .UT, "HOSP")
            header.set(.issuerOfAccessionNumberSequence, items: [issuer])
        }
        #expect(try refusal(headers: [header(), named]) == nil)
    }

    @Test("One header of many that does not agree is enough")
    func oneHeader() throws {
        func last(_ change: (inout DataSet) -> Void) throws -> MatchingError.Code? {
            try refusal(headers: [header(), header(change)])
        }
        #expect(try last { $0.set(.patientID, .LO, "008") } == .studyPatientMismatch)
        #expect(try last { $0[.patientID] = nil } == .studyPatientUnassigned)
        #expect(try last { $0.set(.issuerOfPatientID, .LO, "CLIN") } == .studyPatientMismatch)
        #expect(try last { $0.set(.accessionNumber, .SH, "A2") } == .accessionMismatch)
        #expect(try last { $0[.accessionNumber] = nil } == .accessionMismatch)
        #expect(try last { $0.set(.studyInstanceUID, .UI, "1.2.3.5") } == .studyInstanceUIDMismatch)
        #expect(try last { $0[.studyInstanceUID] = nil } == .studyInstanceUIDMismatch)
        let foreign = try last { header in
            var issuer = DataSet()
            issuer.set(.localNamespaceEntityID, .UT, "CLIN")
            header.set(.issuerOfAccessionNumberSequence, items: [issuer])
        }
        #expect(foreign == .accessionMismatch)
    }

    @Test("An error tells its code and no identifier")
    func description() {
        #expect(MatchingError(.accessionMismatch).description == "accessionMismatch")
    }
}

extension String {
    fileprivate func replacing(_ text: String, with other: String) -> String {
        split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
    }

    fileprivate mutating func replace(_ text: String, with other: String) { self = replacing(text, with: other) }
}
