import HL7v2
public import JSON
import Workflow

/// What the gateway read in one message and would answer. Identified data: for the terminal of whoever asked.
public struct MessageReading: Sendable {
    /// MSH-9, MSH-10 and MSH-12; nil without a readable MSH.
    public let type: String?
    public let controlID: String?
    public let version: String?
    public internal(set) var orders: [OrderReading] = []
    /// What a patient message (ADT) would change; nil for any other.
    public internal(set) var patientChange: PatientChangeReading?
    /// A short digest of the mapping files that read the message.
    public internal(set) var mappingVersion: String?
    public let acknowledgment: AcknowledgmentReading
    /// The state in which a new order of this message would begin; nil when nothing is stored as an order.
    public let state: String?

    init(header: MessageHeader?, reply: IntakeReply, outcome: String, state: OrderState?) {
        type = header?.messageType.description
        controlID = header.map { String(decoding: $0.messageControlID, as: UTF8.self) }
        version = header?.version
        acknowledgment = AcknowledgmentReading(reply, outcome: outcome)
        self.state = state?.rawValue
    }

    /// MSH-9 and MSH-12 are whatever the sender wrote: redacted, they are shown only if they are what they should be.
    public func shown(_ text: String?, _ redacted: Bool) -> String? {
        guard redacted, let text else { return text }
        let isKnown =
            text.wholeMatch(of: #/[A-Z]{3}(\^[A-Z][0-9]{2}(\^[A-Z]{3}_[A-Z][0-9]{2})?)?|2(\.[0-9]){1,2}/#) != nil
        return isKnown ? text : "hidden"
    }

    /// - Parameters:
    ///   - redacted: Leaves the values out: paths, names and decisions stay.
    ///   - withViews: Whether each order is shown as FHIR resources too; never where it is redacted.
    public func json(redacted: Bool, withViews: Bool = false) -> JSONValue {
        [
            "type": shown(type, redacted).json, "controlID": redacted ? .null : controlID.json,
            "version": shown(version, redacted).json,
            "mappingVersion": mappingVersion.json,
            "orders": .array(orders.map { $0.json(redacted: redacted, withViews: withViews) }), "state": state.json,
            "patientChange": patientChange?.json(redacted: redacted) ?? .null,
            "acknowledgment": acknowledgment.json,
        ]
    }
}

extension String? {
    var json: JSONValue { map { .string($0) } ?? .null }
}
