import HL7v2

/// Patient administration: what the hospital says of its patients (HL7 v2.5.1 chapter 3).
enum PatientMessage {
    /// ADT^A40: one patient had two numbers; `survivor` keeps his, that of `prior` ends.
    static func merge(prior: SyntheticPatient, into survivor: SyntheticPatient, _ context: MessageContext) -> [UInt8] {
        var merged = SegmentText("MRG")
        merged.set(1, prior.id, "", "", Hospital.patientNamespace, "MR")
        merged.set(7, prior.family, prior.given)
        let segments = [
            context.header("ADT", "A40", structure: "ADT_A39", version: "2.5.1"), event("A40", context),
            identification(survivor), merged,
        ]
        return segments.flatMap(\.bytes)
    }

    /// ADT^A08: what is known of a patient has changed.
    static func update(_ patient: SyntheticPatient, _ context: MessageContext) -> [UInt8] {
        var visit = SegmentText("PV1")
        visit.set(1, "1")
        visit.set(2, "O")
        let segments = [
            context.header("ADT", "A08", structure: "ADT_A01", version: "2.5.1"), event("A08", context),
            identification(patient), visit,
        ]
        return segments.flatMap(\.bytes)
    }

    /// PID.
    static func identification(_ patient: SyntheticPatient) -> SegmentText {
        var segment = SegmentText("PID")
        segment.set(1, "1")
        segment.set(3, patient.id, "", "", Hospital.patientNamespace, "MR")
        segment.set(5, patient.family, patient.given)
        segment.set(7, patient.birthDate.date.description)
        segment.set(8, patient.sex.rawValue)
        return segment
    }

    private static func event(_ trigger: String, _ context: MessageContext) -> SegmentText {
        var segment = SegmentText("EVN")
        segment.set(1, trigger)
        segment.set(2, context.time.description)
        return segment
    }
}
