public import FHIR
public import HL7v2
import JSON

/// An order message as FHIR resources show it: ServiceRequest and Patient by the tables of HL7's v2-to-FHIR guide, and
/// by local rules where the guide has none. For people and for comparison: the gateway writes neither to the EHR.
/// Identified data.
public struct OrderView: Sendable, Equatable {
    /// The order.
    public let serviceRequest: ServiceRequest
    /// The patient; nil without a PID that says anything.
    public let patient: Patient?
    /// Codes for which there is no FHIR code, by place: they are kept as they came where the element can hold them.
    public let unmapped: [UnmappedCode]
}

/// A code that the tables do not have, without the code.
public struct UnmappedCode: Sendable, Hashable {
    /// Where it stands.
    public let path: FieldPath
    /// The table that was asked, such as `HL70485`.
    public let table: String
}

extension OrderView: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension OrderMapping {
    /// One view for each order of a message, in the order of `orders(from:)`: what the mapping file decides (numbers,
    /// codes, times) is as it decides, everything else is read where the guide's tables say.
    ///
    /// - Throws: As `orders(from:)`.
    public func views(of message: Message) throws(MappingError) -> [OrderView] {
        let candidates = try orders(from: message)
        return zip(candidates, OrderGroup.groups(of: message)).map { candidate, group in
            let reader = ViewReader(message, group, self, candidate)
            let patient = PatientView(reader).resource
            let order = ServiceRequestView(reader, patient: patient)
            return OrderView(serviceRequest: order.resource, patient: patient, unmapped: reader.unmapped())
        }
    }
}
