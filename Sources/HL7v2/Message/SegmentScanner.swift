/// Finds the segments of a message and their field separators in one pass and counts what limits bound.
struct SegmentScanner {
    private let delimiters: Delimiters
    private let limits: MessageLimits

    private(set) var segments: [Segment] = []
    /// Where the field separators lie, those of all segments one after the other.
    private(set) var separators: [UInt32] = []
    private(set) var tolerated: Tolerances = []

    init(_ delimiters: Delimiters, _ limits: MessageLimits) {
        self.delimiters = delimiters
        self.limits = limits
    }

    /// - Parameters:
    ///   - structure: The message, characters that only look like delimiters hidden.
    ///   - start: Where MSH begins.
    mutating func scan(_ structure: [UInt8], from start: Int) throws(HL7v2Error) {
        guard structure.count < Int(UInt32.max) else { throw HL7v2Error(.messageTooLong) }
        let bytes = structure.span
        // A first segment that ends with LF says that every LF ends one.
        let lineFeedTerminates = structure[start...].first { $0 == 0x0D || $0 == 0x0A } == 0x0A
        segments.reserveCapacity(16)
        // A local array: the loop then need not ask at every separator whether it is the only owner.
        var found: [UInt32] = []
        found.reserveCapacity(structure.count / 8)
        defer { separators = found }
        let field = delimiters.field
        let repetition = delimiters.repetition ?? field
        var line = Line(start: start, firstSeparator: 0)
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte == field {
                found.append(UInt32(truncatingIfNeeded: index))
                line.fields += 1
                line.repetitions = 0
                if line.fields > limits.fields { throw tooMany(.tooManyFields, line, bytes) }
            } else if byte == repetition {
                line.repetitions += 1
                if line.repetitions >= limits.repetitions { throw tooMany(.tooManyRepetitions, line, bytes) }
            } else if byte == 0x0D || byte == 0x0A && (lineFeedTerminates || isSegment(after: index, bytes)) {
                try close(line, before: index, bytes)
                if byte == 0x0A {
                    tolerated.insert(.lineFeed)
                } else if index + 1 < bytes.count, bytes[index + 1] == 0x0A {
                    tolerated.insert(.carriageReturnLineFeed)
                    index += 1
                }
                line = Line(start: index + 1, firstSeparator: found.count)
            }
            index += 1
        }
        guard line.start < bytes.count else { return }
        let count = segments.count
        try close(line, before: bytes.count, bytes)
        if segments.count > count { tolerated.insert(.missingLastTerminator) }
    }

    /// The segment under way.
    private struct Line {
        var start: Int
        /// Its first separator among those of the message.
        var firstSeparator: Int
        /// Separators so far.
        var fields = 0
        /// Of the field under way.
        var repetitions = 0
    }

    /// Whether a segment name and the separator follow `index`.
    private func isSegment(after index: Int, _ bytes: borrowing Span<UInt8>) -> Bool {
        guard index + 4 < bytes.count, bytes[index + 4] == delimiters.field else { return false }
        return SegmentName.code(bytes[index + 1], bytes[index + 2], bytes[index + 3]) != 0
    }

    private func tooMany(_ code: HL7v2Error.Code, _ line: Line, _ bytes: borrowing Span<UInt8>) -> HL7v2Error {
        let name = (line.start..<min(line.start + 3, bytes.count)).map { bytes[$0] }
        guard SegmentName.isValid(name) else { return HL7v2Error(code) }
        let field = line.fields > 0 ? min(line.fields, limits.fields) : nil
        return HL7v2Error(code, at: ErrorLocation(segment: String(decoding: name, as: UTF8.self), field: field))
    }

    /// The segment before one that has no name to be called by.
    private var lastSegment: ErrorLocation? {
        guard let name = segments.last?.name else { return nil }
        return ErrorLocation(segment: name, sequence: segments.count { $0.name == name })
    }

    private mutating func close(_ line: Line, before end: Int, _ bytes: borrowing Span<UInt8>) throws(HL7v2Error) {
        let start = line.start
        let code = end - start >= 3 ? SegmentName.code(bytes[start], bytes[start + 1], bytes[start + 2]) : 0
        guard code != 0, end == start + 3 || bytes[start + 3] == delimiters.field else {
            guard (start..<end).allSatisfy({ bytes[$0] == 0x20 || bytes[$0] == 0x09 }) else {
                throw HL7v2Error(.segmentNameInvalid, at: lastSegment)
            }
            tolerated.insert(.blankLines)
            return
        }
        guard code != SegmentName.MSH || segments.isEmpty else {
            throw HL7v2Error(.batchStructureInvalid, at: ErrorLocation(segment: "MSH", sequence: 2))
        }
        guard segments.count < limits.segments else { throw HL7v2Error(.tooManySegments) }
        segments.append(
            Segment(
                code: code, range: start..<end, separators: line.firstSeparator..<(line.firstSeparator + line.fields)))
    }
}
