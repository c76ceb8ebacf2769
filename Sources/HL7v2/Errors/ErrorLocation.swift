/// Where in a message an error is, counted from 1, as ERR-2 says it (data type ERL, HL7 v2.5.1 §2.A.28).
public struct ErrorLocation: Sendable, Hashable, CustomStringConvertible {
    /// The segment's name.
    public let segment: String
    /// The occurrence of the segment within the message.
    public let sequence: Int
    /// The field, from 1; MSH-1 is the separator.
    public let field: Int?
    /// The repetition of the field.
    public let repetition: Int?
    /// The component of the repetition.
    public let component: Int?
    /// The sub-component of the component.
    public let subcomponent: Int?

    /// A finer part is kept only if every coarser part before it is given.
    public init(
        segment: String, sequence: Int = 1, field: Int? = nil, repetition: Int? = nil, component: Int? = nil,
        subcomponent: Int? = nil
    ) {
        self.segment = segment
        self.sequence = sequence
        self.field = field
        self.repetition = repetition
        self.component = component
        self.subcomponent = subcomponent
    }

    /// The place that a path names.
    public init(_ path: FieldPath) {
        self.init(
            segment: path.segment, sequence: path.segmentOccurrence, field: path.field,
            repetition: path.repetition ?? (path.component == nil ? nil : 1), component: path.component,
            subcomponent: path.subcomponent)
    }

    /// The parts in the order of ERL, ending before the first one that is not given.
    var parts: [String] {
        var parts = [segment, String(sequence)]
        for part in [field, repetition, component, subcomponent] {
            guard let part else { break }
            parts.append(String(part))
        }
        return parts
    }

    /// `PID^1^3^2`: the form that ERR-2 has with the usual delimiters.
    public var description: String { parts.joined(separator: "^") }
}
