import DICOM
import HL7v2

/// An imaging order as the order filler sends it to the image manager (IHE RAD-4 and RAD-13).
struct OrderMessage: Sendable {
    var examination: Examination
    var control: OrderControlCode
    /// ORC-5, of table 0038; empty for none.
    var status = ""
    /// ORC-7.6 or TQ1-9, of table 0485.
    var priority = "R"

    init(_ examination: Examination, _ control: OrderControlCode, status: String = "", priority: String = "R") {
        self.examination = examination
        self.control = control
        self.status = status
        self.priority = priority
    }

    /// ORM^O01 of version 2.3.1 with the accession number in OBR-18 and the Study Instance UID in ZDS (IHE RAD TF-2
    /// §4.4). OBR-18 names no assigner: the receiver must know that `Hospital.accessionNamespace` is meant.
    func orm(_ context: MessageContext) -> [UInt8] {
        let segments =
            [
                context.header("ORM", "O01", version: "2.3.1"), PatientMessage.identification(examination.patient),
                Self.visit,
            ] + ormGroup(context)
        return segments.flatMap(\.bytes)
    }

    /// OMI^O23 of version 2.5.1, with TQ1 and IPC.
    func omi(_ context: MessageContext) -> [UInt8] { Self.omi([self], context) }

    /// Several orders for one patient, that of the first, in one OMI^O23.
    static func omi(_ orders: [OrderMessage], _ context: MessageContext) -> [UInt8] {
        guard let patient = orders.first?.examination.patient else { return [] }
        let segments =
            [
                context.header("OMI", "O23", structure: "OMI_O23", version: "2.5.1"),
                PatientMessage.identification(patient), visit,
            ] + orders.enumerated().flatMap { $1.omiGroup(context, number: $0 + 1) }
        return segments.flatMap(\.bytes)
    }

    private static var visit: SegmentText {
        var segment = SegmentText("PV1")
        segment.set(1, "1")
        segment.set(2, "O")
        return segment
    }

    private func ormGroup(_ context: MessageContext) -> [SegmentText] {
        var order = commonOrder(context)
        order.set(7, "1", "once", "", startTime, "", priority)
        var request = observationRequest()
        request.set(18, examination.accessionNumber)
        request.set(19, examination.requestedProcedureID)
        request.set(20, examination.scheduledProcedureStepID)
        request.set(24, examination.kind.modality)
        request.set(27, "1", "once", "", startTime, "", priority)
        var study = SegmentText("ZDS")
        study.set(1, examination.studyInstanceUID.value, Hospital.fillerNamespace, "Application", "DICOM")
        return [order, request, study]
    }

    private func omiGroup(_ context: MessageContext, number: Int) -> [SegmentText] {
        var timing = SegmentText("TQ1")
        timing.set(1, "1")
        timing.set(7, startTime)
        timing.set(9, priority, "", "HL70485")
        var request = observationRequest()
        request.set(1, String(number))
        var procedure = SegmentText("IPC")
        procedure.set(1, examination.accessionNumber, Hospital.accessionNamespace)
        procedure.set(2, examination.requestedProcedureID, Hospital.fillerNamespace)
        procedure.set(3, examination.studyInstanceUID.value)
        procedure.set(4, examination.scheduledProcedureStepID, Hospital.fillerNamespace)
        procedure.set(5, examination.kind.modality, "", "DCM")
        return [commonOrder(context), timing, request, procedure]
    }

    /// With the zone that it is in.
    private var startTime: String { examination.time.description }

    private func commonOrder(_ context: MessageContext) -> SegmentText {
        var segment = SegmentText("ORC")
        segment.set(1, control.rawValue)
        segment.set(2, examination.placerOrderNumber, Hospital.placerNamespace)
        segment.set(3, examination.fillerOrderNumber, Hospital.fillerNamespace)
        segment.set(5, status)
        segment.set(9, context.time.description)
        return segment
    }

    private func observationRequest() -> SegmentText {
        var segment = SegmentText("OBR")
        segment.set(1, "1")
        segment.set(2, examination.placerOrderNumber, Hospital.placerNamespace)
        segment.set(3, examination.fillerOrderNumber, Hospital.fillerNamespace)
        segment.set(4, examination.kind.code, examination.kind.title, "LN")
        return segment
    }
}
