/// A place in a message: `OBR-4.1`, `PID-3[2].4.1`, `OBX[3]-5`, `ZDS-1.1`. All numbers count from 1, in MSH with the
/// separator itself as field 1. Segment occurrences and repetitions stand in brackets.
public struct FieldPath: Sendable, Hashable, CustomStringConvertible {
    /// The segment's name.
    public let segment: String
    /// Which of the segments of that name, from 1.
    public let segmentOccurrence: Int
    /// The field, from 1.
    public let field: Int
    /// The repetition of the field; nil where the path names none.
    public let repetition: Int?
    /// The component; nil where the path names none.
    public let component: Int?
    /// The sub-component; nil where the path names none.
    public let subcomponent: Int?
    /// The segment's name as a number, which is compared faster.
    let segmentCode: UInt32

    private init(
        segment: String, segmentOccurrence: Int, field: Int, repetition: Int?, component: Int?, subcomponent: Int?
    ) {
        self.segment = segment
        segmentCode = SegmentName.code(segment.utf8)
        self.segmentOccurrence = segmentOccurrence
        self.field = field
        self.repetition = repetition
        self.component = component
        self.subcomponent = subcomponent
    }

    /// - Throws: `fieldPathInvalid`.
    public init(parsing text: String) throws(HL7v2Error) {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard let segment = reader.segmentName(), let occurrence = reader.bracketed(default: 1),
            reader.take("-"), let field = reader.number(), let repetition = reader.bracketed(default: 0)
        else { throw HL7v2Error(.fieldPathInvalid) }
        let component = reader.take(".") ? reader.number() : 0
        let subcomponent = component != 0 && reader.take(".") ? reader.number() : 0
        guard let component, let subcomponent, reader.rest.isEmpty else { throw HL7v2Error(.fieldPathInvalid) }
        func given(_ number: Int) -> Int? { number == 0 ? nil : number }
        self.init(
            segment: segment, segmentOccurrence: occurrence, field: field, repetition: given(repetition),
            component: given(component), subcomponent: given(subcomponent))
    }

    /// The same path, down to another component. Numbers below 1 are read as 1.
    public func with(component: Int, subcomponent: Int? = nil) -> FieldPath {
        FieldPath(
            segment: segment, segmentOccurrence: segmentOccurrence, field: field, repetition: repetition,
            component: max(component, 1), subcomponent: subcomponent.map { max($0, 1) })
    }

    /// The same path, for one repetition. Numbers below 1 are read as 1.
    public func with(repetition: Int) -> FieldPath {
        FieldPath(
            segment: segment, segmentOccurrence: segmentOccurrence, field: field, repetition: max(repetition, 1),
            component: component, subcomponent: subcomponent)
    }

    /// The same path, in another occurrence of the segment. Numbers below 1 are read as 1.
    public func with(segmentOccurrence: Int) -> FieldPath {
        FieldPath(
            segment: segment, segmentOccurrence: max(segmentOccurrence, 1), field: field, repetition: repetition,
            component: component, subcomponent: subcomponent)
    }

    /// The path as it is written; a first segment occurrence is left out.
    public var description: String {
        var text = segment + (segmentOccurrence == 1 ? "" : "[\(segmentOccurrence)]") + "-\(field)"
        text += repetition.map { "[\($0)]" } ?? ""
        text += component.map { ".\($0)" } ?? ""
        return text + (subcomponent.map { ".\($0)" } ?? "")
    }

    /// Reads a path from left to right.
    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func segmentName() -> String? {
            let name = rest.prefix(3)
            guard SegmentName.isValid(name) else { return nil }
            rest = rest.dropFirst(3)
            return String(decoding: name, as: UTF8.self)
        }

        /// A number from 1 to 9999 without leading zeros.
        mutating func number() -> Int? {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard (1...4).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
            rest = rest.dropFirst(digits.count)
            return Int(String(decoding: digits, as: UTF8.self))
        }

        mutating func bracketed(default value: Int) -> Int? {
            guard take("[") else { return value }
            guard let number = number(), take("]") else { return nil }
            return number
        }
    }
}
