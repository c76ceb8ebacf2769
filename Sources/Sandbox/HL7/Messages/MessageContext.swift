import HL7v2

/// What MSH says beside the type of the message, given by the caller: this folder has no clock and counts nothing.
struct MessageContext: Sendable {
    /// MSH-3 and MSH-4.
    var sendingApplication = Hospital.placerNamespace
    var sendingFacility = Hospital.patientNamespace
    /// MSH-5 and MSH-6.
    var receivingApplication = "IMGAI"
    var receivingFacility = "RAD"
    /// MSH-11.
    var processingID = "P"
    /// MSH-15 and MSH-16; both empty is the original mode.
    var acceptAcknowledgment = ""
    var applicationAcknowledgment = ""
    /// MSH-10, at most 20 characters.
    var messageControlID: String
    /// MSH-7, and every time of the message that means "now".
    var time: DTM

    init(messageControlID: String, time: DTM) {
        self.messageControlID = messageControlID
        self.time = time
    }

    /// MSH for a message of one type; text is UTF-8.
    func header(_ type: String, _ trigger: String, structure: String = "", version: String) -> SegmentText {
        var segment = SegmentText("MSH")
        segment.set(3, sendingApplication)
        segment.set(4, sendingFacility)
        segment.set(5, receivingApplication)
        segment.set(6, receivingFacility)
        segment.set(7, time.description)
        segment.set(9, type, trigger, structure)
        segment.set(10, messageControlID)
        segment.set(11, processingID)
        segment.set(12, version)
        segment.set(15, acceptAcknowledgment)
        segment.set(16, applicationAcknowledgment)
        segment.set(18, MessageCharacterSet.utf8.rawValue)
        return segment
    }
}
