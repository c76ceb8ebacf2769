import DICOM
import Workflow

/// One exam as HIS, archive and EHR know it; all invented.
struct Exam: Sendable {
    var number = 1
    var patient = "P007"
    /// The patient that the archive's index and the images' headers name.
    var indexPatient: String?
    var headerPatient: String?
    /// A child's radiograph reaches the network; an adult's is refused by its header and takes no time.
    var isChild = false
    var studyNumber: Int?
    var scheduled = ""

    var placer: String { "PL\(number)" }
    var filler: String { "FI\(number)" }
    var accession: String { "ACC\(number)" }
    var study: String { "1.2.826.0.1.\(studyNumber ?? number)" }

    func uid() throws -> UID { try required(UID(study)) }

    // MARK: - The order

    /// ORM^O01 as IHE RAD-4 draws it; `nil` leaves a field empty.
    func order(
        _ control: String = "NW", id: String, status: String = "", patient: String?? = nil, placer: String?? = nil,
        filler: String?? = nil, accession: String?? = nil, study: String?? = nil,
        procedure: String = "30745-4^XR Chest^LN", modality: String = "DX"
    ) -> String {
        let person = (patient ?? self.patient).map { "\($0)^^^HOSP^MR" } ?? ""
        let numbers =
            "\((placer ?? self.placer).map { "\($0)^HIS" } ?? "")|\((filler ?? self.filler).map { "\($0)^RIS" } ?? "")"
        let timing = scheduled.isEmpty ? "" : "1^once^^\(scheduled)^^R"
        var segments = [
            "MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260101120000||ORM^O01|\(id)|P|2.3.1",
            "PID|1||\(person)||Canary^Jane||20200115|F",
            "PV1|1|O",
            "ORC|\(control)|\(numbers)||\(status)||\(timing)||20260101120000",
            "OBR|1|\(numbers)|\(procedure)||||||||||||||\(((accession ?? self.accession) ?? ""))|RP1|ST1||||\(modality)|||\(timing)",
        ]
        if let study = study ?? self.study { segments.append("ZDS|\(study)^RIS^Application^DICOM") }
        return segments.map { $0 + "\r" }.joined()
    }

    // MARK: - The EHR

    func patientResource(id: String = "p1") -> String {
        #"{"resourceType":"Patient","id":"\#(id)","identifier":[{"system":"urn:hospital","value":"\#(patient)"}]}"#
    }

    func serviceRequest(id: String = "sr1", subject: String = "p1") -> String {
        #"""
        {"resourceType":"ServiceRequest","id":"\#(id)","status":"active","intent":"order",
        "identifier":[\#(number("PLAC", "urn:placer", placer)),\#(number("FILL", "urn:filler", filler))],
        "subject":{"reference":"Patient/\#(subject)"}}
        """#
    }

    func imagingStudy(id: String = "is1", withNumber: Bool = true, basedOn: String? = nil) -> String {
        let accession = withNumber ? ",\(number("ACSN", "urn:hospital", accession))" : ""
        let request = basedOn.map { #","basedOn":[{"reference":"\#($0)"}]"# } ?? ""
        return #"""
            {"resourceType":"ImagingStudy","id":"\#(id)","status":"available","subject":{"reference":"Patient/p1"},
            "identifier":[{"system":"urn:dicom:uid","value":"urn:oid:\#(study)"}\#(accession)]\#(request)}
            """#
    }

    private func number(_ type: String, _ system: String, _ value: String) -> String {
        #"""
        {"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"\#(type)"}]},
        "system":"\#(system)","value":"\#(value)"}
        """#
    }

    // MARK: - The archive

    func holding(instances count: Int = 1, listed: Int? = nil, bytes: [UInt8]? = nil) throws -> SimulatedArchive.Holding
    {
        let reference = StudyReference(
            studyInstanceUID: try uid(), accessionNumber: accession, patientID: indexPatient ?? patient,
            studyDate: "20260102", modalitiesInStudy: ["DX"], instanceCount: listed ?? count)
        let instances = try (0..<count).map { index in
            (
                reference: InstanceReference(
                    seriesInstanceUID: try required(UID("\(study).7")),
                    sopInstanceUID: try required(UID("\(study).7.\(index + 1)")),
                    sopClassUID: try required(UID("1.2.840.10008.5.1.4.1.1.1.1")), modality: "DX"),
                bytes: try bytes ?? image(index + 1).serialized()
            )
        }
        return SimulatedArchive.Holding(reference: reference, instances: instances)
    }

    /// A drawn radiograph: a bright oval on a dark ground.
    private func image(_ instance: Int) throws -> Instance {
        let side = isChild ? 256 : 16
        var header = DataSet()
        let texts: [(Tag, VR, String)] = [
            (.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.1.1"), (.sopInstanceUID, .UI, "\(study).7.\(instance)"),
            (.studyInstanceUID, .UI, study), (.seriesInstanceUID, .UI, "\(study).7"), (.studyDate, .DA, "20260102"),
            (.contentDate, .DA, "20260102"), (.accessionNumber, .SH, accession), (.modality, .CS, "DX"),
            (.presentationIntentType, .CS, "FOR PRESENTATION"), (.patientName, .PN, "Canary^Jane"),
            (.patientID, .LO, headerPatient ?? patient), (.patientBirthDate, .DA, isChild ? "20230115" : "19451224"),
            (.patientSex, .CS, "F"), (.bodyPartExamined, .CS, "CHEST"), (.viewPosition, .CS, "AP"),
            (.seriesNumber, .IS, "1"), (.instanceNumber, .IS, "\(instance)"), (.burnedInAnnotation, .CS, "NO"),
            (.rescaleIntercept, .DS, "0"), (.rescaleSlope, .DS, "1"), (.lossyImageCompression, .CS, "00"),
            (.presentationLUTShape, .CS, "IDENTITY"),
        ]
        for (tag, vr, value) in texts { header.set(tag, vr, value) }
        header.set(.imageType, .CS, "ORIGINAL", "PRIMARY", "")
        let pixels = (0..<side * side).flatMap { place -> [UInt8] in
            let (x, y) = (place % side - side / 2, place / side - side / 2)
            let value = max(0, 4000 - 4000 * (x * x * 2 + y * y) / (side * side / 4))
            return [UInt8(value & 0xFF), UInt8(value >> 8)]
        }
        let frame = Frame(
            rows: side, columns: side, bitsAllocated: 16, bitsStored: 12, photometricInterpretation: "MONOCHROME2",
            pixels: pixels)
        return try Instance(header: header, frame: try required(frame))
    }
}

typealias Tag = DICOM.Tag

func required<T>(_ value: T?) throws -> T {
    guard let value else { throw Missing() }
    return value
}
