import DICOM
import HL7v2
import Testing

@testable import Sandbox

/// Judged by python-hl7 and hl7apy outside the repository; here read again by our own reader.
@Suite("Pretend hospital: order messages (IHE RAD-4)")
struct OrderMessageTests {
    private var exam: Examination
    private let context: MessageContext

    init() throws {
        var registry = SyntheticPatientRegistry(seed: 31, today: try DTM(parsing: "20260301101500+0000"))
        exam = registry.examination(of: registry.patient(age: 2, sex: .male))
        context = MessageContext(messageControlID: "M17", time: try DTM(parsing: "20260301101500+0000"))
    }

    private func values(_ bytes: [UInt8], _ paths: [String]) throws -> [String?] {
        let message = try Message(parsing: bytes, options: MessageOptions(tolerances: .none))
        return try paths.map { message.value(at: try FieldPath(parsing: $0)) }
    }

    @Test func `ORM^O01 says what RAD-4 says, in version 2_3_1`() throws {
        let bytes = OrderMessage(exam, .new, priority: "S").orm(context)
        let message = try Message(parsing: bytes, options: MessageOptions(tolerances: .none))
        #expect(message.segments.map(\.name) == ["MSH", "PID", "PV1", "ORC", "OBR", "ZDS"])
        #expect(message.version == "2.3.1" && message.messageType.description == "ORM^O01")
        #expect(message.messageControlID == Array("M17".utf8) && message.processingID == "P")
        #expect(message.characterSet == .utf8)
        let read = try values(
            bytes,
            [
                "PID-3.1", "PID-3.4", "PID-3.5", "PID-5.1", "PID-5.2", "PID-7", "PID-8", "ORC-1", "ORC-2.1", "ORC-2.2",
                "ORC-3.1", "ORC-3.2", "ORC-7.6", "OBR-2.1", "OBR-3.1", "OBR-4.1", "OBR-4.3", "OBR-18", "OBR-19",
                "OBR-20", "OBR-24", "OBR-27.4", "ZDS-1.1", "ZDS-1.4",
            ])
        #expect(
            read == [
                exam.patient.id, "HOSP", "MR", exam.patient.family, exam.patient.given,
                exam.patient.birthDate.description, "M", "NW", exam.placerOrderNumber, "HIS", exam.fillerOrderNumber,
                "RIS", "S", exam.placerOrderNumber, exam.fillerOrderNumber, "36572-6", "LN", exam.accessionNumber,
                exam.requestedProcedureID, exam.scheduledProcedureStepID, "DX", exam.time.description,
                exam.studyInstanceUID.value, "DICOM",
            ])
    }

    @Test func `OMI^O23 says the same in TQ1 and IPC, in version 2_5_1`() throws {
        let bytes = OrderMessage(exam, .new).omi(context)
        let message = try Message(parsing: bytes, options: MessageOptions(tolerances: .none))
        #expect(message.segments.map(\.name) == ["MSH", "PID", "PV1", "ORC", "TQ1", "OBR", "IPC"])
        let read = try values(
            bytes,
            [
                "MSH-9.3", "MSH-12", "PID-3.1", "ORC-2.1", "TQ1-7", "TQ1-9.1", "OBR-4.1", "IPC-1.1", "IPC-1.2",
                "IPC-2.1",
                "IPC-3.1", "IPC-4.1", "IPC-5.1",
            ])
        #expect(
            read == [
                "OMI_O23", "2.5.1", exam.patient.id, exam.placerOrderNumber, exam.time.description, "R", "36572-6",
                exam.accessionNumber, "HOSP", exam.requestedProcedureID, exam.studyInstanceUID.value,
                exam.scheduledProcedureStepID, "DX",
            ])
    }

    @Test func `several orders in one OMI^O23 are groups of their own for one patient`() throws {
        var registry = SyntheticPatientRegistry(seed: 33, today: try DTM(parsing: "20260301"))
        let second = registry.examination(of: exam.patient)
        let bytes = OrderMessage.omi([OrderMessage(exam, .new), OrderMessage(second, .new)], context)
        let message = try Message(parsing: bytes, options: MessageOptions(tolerances: .none))
        #expect(
            message.segments.map(\.name) == [
                "MSH", "PID", "PV1", "ORC", "TQ1", "OBR", "IPC", "ORC", "TQ1", "OBR", "IPC",
            ])
        #expect(
            try values(bytes, ["ORC[1]-2.1", "ORC[2]-2.1", "OBR[2]-1", "IPC[1]-1.1", "IPC[2]-1.1", "IPC[2]-3.1"]) == [
                exam.placerOrderNumber, second.placerOrderNumber, "2", exam.accessionNumber, second.accessionNumber,
                second.studyInstanceUID.value,
            ])
        #expect(OrderMessage.omi([], context).isEmpty)
    }

    @Test(arguments: OrderControlCode.allCases)
    func `every order control and a status reach ORC`(control: OrderControlCode) throws {
        let message = OrderMessage(exam, control, status: "CM")
        for bytes in [message.orm(context), message.omi(context)] {
            #expect(try values(bytes, ["ORC-1", "ORC-5"]) == [control.rawValue, "CM"])
        }
        #expect(try values(OrderMessage(exam, control).orm(context), ["ORC-5"]) == [nil])
        #expect(control.rawValue.utf8.count == 2)
    }

    @Test(arguments: [
        "|^~\\&", "O'Malley|Smith", "\\F\\", "Müller", "名前", "a\rMSH|b", "a\nb", "\u{1}\u{7F}", "\u{B}\u{1C}", "&amp;",
        "\\.br\\", "\\X0D\\",
    ])
    func `text with delimiters and control characters comes back as it was`(text: String) throws {
        var exam = exam
        exam.patient.family = text
        for bytes in [OrderMessage(exam, .new).orm(context), OrderMessage(exam, .new).omi(context)] {
            #expect(try values(bytes, ["PID-5.1", "PID-5.2", "PID-8"]) == [text, exam.patient.given, "M"])
            // MLLP's own bytes and segment ends never stand inside (MLLP §1).
            #expect(!bytes.contains(0x0B) && !bytes.contains(0x1C) && !bytes.contains(0x0A))
            #expect(bytes.last == 0x0D)
        }
    }

    @Test func `acknowledgement modes and names are the caller's`() throws {
        var context = context
        context.acceptAcknowledgment = "AL"
        context.applicationAcknowledgment = "NE"
        context.receivingApplication = "OTHER"
        context.sendingApplication = "ELSE"
        context.processingID = "T"
        let bytes = OrderMessage(exam, .new).orm(context)
        let paths = ["MSH-3", "MSH-5", "MSH-11", "MSH-15", "MSH-16"]
        #expect(try values(bytes, paths) == ["ELSE", "OTHER", "T", "AL", "NE"])
    }

    @Test func `ADT^A40 names survivor and prior number, ADT^A08 the patient as he is`() throws {
        var registry = SyntheticPatientRegistry(seed: 32, today: try DTM(parsing: "20260301"))
        let prior = registry.patient(age: 2)
        let merge = PatientMessage.merge(prior: prior, into: exam.patient, context)
        let paths = ["MSH-9.1", "MSH-9.2", "MSH-9.3", "EVN-1", "EVN-2", "PID-3.1", "PID-3.4"]
        let time = "20260301101500+0000"
        #expect(
            try values(merge, paths + ["MRG-1.1", "MRG-1.4"])
                == ["ADT", "A40", "ADT_A39", "A40", time, exam.patient.id, "HOSP", prior.id, "HOSP"])
        let update = PatientMessage.update(prior, context)
        #expect(try values(update, paths) == ["ADT", "A08", "ADT_A01", "A08", time, prior.id, "HOSP"])
        #expect(try Message(parsing: merge).segments.map(\.name) == ["MSH", "EVN", "PID", "MRG"])
        #expect(try Message(parsing: update).segments.map(\.name) == ["MSH", "EVN", "PID", "PV1"])
    }
}
