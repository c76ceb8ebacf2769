/// Finds the headers, messages and trailers of a batch line by line.
struct BatchReader {
    private let bytes: [UInt8]
    private let limits: MessageLimits

    private(set) var fileHeader: BatchHeader?
    private(set) var groups: [Batch.Group] = []
    private(set) var objections: [HL7v2Error] = []

    /// The field separator of the last header or message, which BTS shares.
    private var separator: UInt8?
    private var header: BatchHeader?
    private var messages: [Range<Int>] = []
    private var messageStart: Int?
    private var messageCount = 0
    private var batchCount = 0
    private var isGroupOpen = false
    private var isFileOver = false

    init(_ bytes: [UInt8], _ limits: MessageLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func read() throws(HL7v2Error) {
        var start = MessageHeader.start(of: bytes)
        // As in a message: a first line that ends with LF says that every LF ends one.
        let lineFeedTerminates = bytes[start...].first { $0 == 0x0D || $0 == 0x0A } == 0x0A
        while start < bytes.count {
            let end = bytes[start...].firstIndex { $0 == 0x0D || $0 == 0x0A } ?? bytes.count
            let isAfterLineFeed = start > 0 && bytes[start - 1] == 0x0A && !(start > 1 && bytes[start - 2] == 0x0D)
            try take(start..<end, mustShareSeparator: isAfterLineFeed && !lineFeedTerminates)
            start = end + 1
        }
        try endMessage(at: bytes.count)
        if isGroupOpen { endGroup(missing: header == nil ? nil : "BTS") }
        guard fileHeader != nil || !groups.isEmpty else { throw HL7v2Error(.headerUnreadable) }
        if fileHeader != nil, !isFileOver { object(.batchStructureInvalid, "FTS", 1) }
    }

    private mutating func take(_ line: Range<Int>, mustShareSeparator: Bool) throws(HL7v2Error) {
        guard line.count >= 3 else { return try takeOther(line) }
        let code = SegmentName.code(bytes[line.lowerBound], bytes[line.lowerBound + 1], bytes[line.lowerBound + 2])
        let next = line.count > 3 ? bytes[line.lowerBound + 3] : nil
        let fileSeparator = fileHeader?.delimiters.field
        // A lone line feed in text is data, unless a name and the separator follow.
        let isShared = next != nil && (next == separator || next == fileSeparator)
        guard isShared || !mustShareSeparator else { return try takeOther(line) }
        switch code {
        case SegmentName.MSH where next != nil: try takeMessage(line)
        case SegmentName.FHS where next != nil: try takeFileHeader(line)
        case SegmentName.BHS where next != nil: try takeHeader(line)
        case SegmentName.BTS where next == nil || next == separator: try takeTrailer(line)
        case SegmentName.FTS where next == nil || next == fileSeparator ?? separator: try takeFileTrailer(line)
        default: try takeOther(line)
        }
    }

    private mutating func takeMessage(_ line: Range<Int>) throws(HL7v2Error) {
        guard !isFileOver else { throw invalid("MSH", messageCount + 1) }
        try endMessage(at: line.lowerBound)
        guard messageCount < limits.messages else { throw HL7v2Error(.tooManyMessages) }
        messageCount += 1
        messageStart = line.lowerBound
        isGroupOpen = true
        if header == nil { separator = bytes[line.lowerBound + 3] }
    }

    private mutating func takeFileHeader(_ line: Range<Int>) throws(HL7v2Error) {
        guard fileHeader == nil, !isGroupOpen, groups.isEmpty else { throw invalid("FHS", fileHeader == nil ? 1 : 2) }
        let header = try BatchHeader(segment: bytes[line])
        fileHeader = header
        separator = header.delimiters.field
    }

    private mutating func takeHeader(_ line: Range<Int>) throws(HL7v2Error) {
        guard !isFileOver else { throw invalid("BHS", batchCount + 1) }
        try endMessage(at: line.lowerBound)
        if isGroupOpen { endGroup(missing: header == nil ? nil : "BTS") }
        guard batchCount < limits.messages else { throw HL7v2Error(.tooManyMessages) }
        let opened = try BatchHeader(segment: bytes[line])
        header = opened
        separator = opened.delimiters.field
        isGroupOpen = true
    }

    private mutating func takeTrailer(_ line: Range<Int>) throws(HL7v2Error) {
        try endMessage(at: line.lowerBound)
        guard isGroupOpen else { throw invalid("BTS", batchCount + 1) }
        check(line, "BTS", batchCount + 1, against: messages.count)
        endGroup(missing: nil)
    }

    private mutating func takeFileTrailer(_ line: Range<Int>) throws(HL7v2Error) {
        try endMessage(at: line.lowerBound)
        guard fileHeader != nil, !isFileOver else { throw invalid("FTS", isFileOver ? 2 : 1) }
        if isGroupOpen { endGroup(missing: header == nil ? nil : "BTS") }
        check(line, "FTS", 1, against: batchCount)
        isFileOver = true
    }

    /// A line of the message under way, or nothing at all.
    private func takeOther(_ line: Range<Int>) throws(HL7v2Error) {
        guard messageStart == nil else { return }
        guard bytes[line].contains(where: { $0 != 0x20 && $0 != 0x09 }) else { return }
        guard fileHeader != nil || isGroupOpen || !groups.isEmpty else { throw HL7v2Error(.headerUnreadable) }
        throw HL7v2Error(.batchStructureInvalid)
    }

    private mutating func endMessage(at end: Int) throws(HL7v2Error) {
        guard let start = messageStart else { return }
        messages.append(start..<end)
        messageStart = nil
    }

    private mutating func endGroup(missing trailer: String?) {
        batchCount += 1
        if let trailer { object(.batchStructureInvalid, trailer, batchCount) }
        groups.append(Batch.Group(header: header, messages: messages))
        header = nil
        messages = []
        isGroupOpen = false
    }

    /// A count that is given must be right; an empty one says nothing.
    private mutating func check(_ line: Range<Int>, _ name: String, _ sequence: Int, against count: Int) {
        let separator = line.count > 3 ? bytes[line.lowerBound + 3] : nil
        let field = bytes[line].dropFirst(4).prefix { $0 != separator }
        let text = String(decoding: field, as: UTF8.self).trimmingBlanks
        guard !text.isEmpty, Int(text) != count else { return }
        objections.append(
            HL7v2Error(.batchCountWrong, at: ErrorLocation(segment: name, sequence: sequence, field: 1)))
    }

    private mutating func object(_ code: HL7v2Error.Code, _ segment: String, _ sequence: Int) {
        objections.append(HL7v2Error(code, at: ErrorLocation(segment: segment, sequence: sequence)))
    }

    private func invalid(_ segment: String, _ sequence: Int) -> HL7v2Error {
        HL7v2Error(.batchStructureInvalid, at: ErrorLocation(segment: segment, sequence: sequence))
    }
}
