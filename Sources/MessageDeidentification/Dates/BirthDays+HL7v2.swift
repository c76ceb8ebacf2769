internal import HL7v2

extension BirthDays {
    /// Of the patient (PID-7), of next of kin (NK1-16), guarantor (GT1-8) and insured (IN1-18), and what an observation
    /// says to be one; whatever the rules do with these fields.
    init(_ messages: [MessageDraft]) {
        for segment in messages.flatMap(\.segments) {
            for text in Self.field(of: segment)?.leaves ?? [] { add(text) }
        }
    }

    private static func field(of segment: SegmentDraft) -> FieldDraft? {
        switch segment.name {
        case "PID": segment[7]
        case "NK1": segment[16]
        case "GT1": segment[8]
        case "IN1": segment[18]
        case "OBX" where Observed.topic(segment) == .birth: segment[5]
        default: nil
        }
    }
}
