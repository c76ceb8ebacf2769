/// Finds the segments of a message in one pass and counts what limits bound.
struct SegmentScanner {
    private let bytes: [UInt8]
    private let delimiters: Delimiters
    private let limits: MessageLimits
    /// Whether the first segment ends with LF, so that every LF ends one.
    private let lineFeedTerminates: Bool

    private(set) var segments: [Segment] = []
    private(set) var tolerated: Tolerances = []
    private var start: Int
    private var fields = 0
    private var repetitions = 0

    init(_ bytes: [UInt8], from start: Int, _ delimiters: Delimiters, _ limits: MessageLimits) {
        self.bytes = bytes
        self.delimiters = delimiters
        self.limits = limits
        self.start = start
        lineFeedTerminates = bytes[start...].first { $0 == 0x0D || $0 == 0x0A } == 0x0A
    }

    mutating func scan() throws(HL7v2Error) {
        var index = start
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == 0x0D || byte == 0x0A && endsSegment(lineFeedAt: index) {
                index = try endSegment(at: index)
            } else {
                try count(byte)
                index += 1
            }
        }
        if start < bytes.endIndex {
            let count = segments.count
            try close(before: bytes.endIndex)
            if segments.count > count { tolerated.insert(.missingLastTerminator) }
        }
    }

    /// Takes the terminator at `index`; the result is where the next segment starts.
    private mutating func endSegment(at index: Int) throws(HL7v2Error) -> Int {
        try close(before: index)
        var next = index + 1
        if bytes[index] == 0x0A {
            tolerated.insert(.lineFeed)
        } else if next < bytes.endIndex, bytes[next] == 0x0A {
            tolerated.insert(.carriageReturnLineFeed)
            next += 1
        }
        start = next
        return next
    }

    private func endsSegment(lineFeedAt index: Int) -> Bool {
        guard !lineFeedTerminates else { return true }
        let next = bytes[(index + 1)...].prefix(4)
        return next.count == 4 && next.last == delimiters.field && SegmentName.isValid(next.dropLast())
    }

    private mutating func count(_ byte: UInt8) throws(HL7v2Error) {
        if byte == delimiters.field {
            fields += 1
            repetitions = 0
            if fields > limits.fields { throw HL7v2Error(.tooManyFields, at: location) }
        } else if byte == delimiters.repetition {
            repetitions += 1
            if repetitions >= limits.repetitions { throw HL7v2Error(.tooManyRepetitions, at: location) }
        }
    }

    /// The segment under way, by name where it has one.
    private var location: ErrorLocation? {
        let name = bytes[start...].prefix(3)
        guard SegmentName.isValid(name) else { return nil }
        return ErrorLocation(
            segment: String(decoding: name, as: UTF8.self), field: fields > 0 ? min(fields, limits.fields) : nil)
    }

    private mutating func close(before end: Int) throws(HL7v2Error) {
        defer {
            fields = 0
            repetitions = 0
        }
        let line = bytes[start..<end]
        guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else {
            tolerated.insert(.blankLines)
            return
        }
        let name = line.prefix(3)
        guard SegmentName.isValid(name), line.count == 3 || line[start + 3] == delimiters.field else {
            throw HL7v2Error(.segmentNameInvalid)
        }
        guard segments.count < limits.segments else { throw HL7v2Error(.tooManySegments) }
        segments.append(Segment(name: String(decoding: name, as: UTF8.self), range: start..<end))
    }
}
