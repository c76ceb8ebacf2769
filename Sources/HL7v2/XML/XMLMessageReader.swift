/// Makes a message in the vertical bar encoding from the steps of a walk through v2.xml. Which level an element is on
/// follows from where it stands: groups, segments, fields, components, sub-components.
struct XMLMessageReader {
    /// The message so far, segments ended by CR.
    private(set) var encoded: [UInt8] = []

    private let limits: MessageLimits
    private let tolerances: XMLTolerances
    private var levels: [Level] = []
    /// How many open elements are left out; 0 outside of such.
    private var skipped = 0
    private var segments = 0
    private var occurrences: [[UInt8]: Int] = [:]
    private var segment = XMLSegment(name: [])

    private enum Level {
        case group, segment, field(Int), component(Int), subcomponent(Int)
        /// Below a sub-component, where only the first part can be told.
        case part
        case escape
    }

    init(limits: MessageLimits, tolerances: XMLTolerances) {
        self.limits = limits
        self.tolerances = tolerances
    }

    /// - Throws: What `Message.init(parsingXML:)` says of its content.
    mutating func take(_ event: XMLEvent) throws(HL7v2Error) {
        switch event {
        case .start(let name, let namespace, let value):
            guard skipped == 0 else {
                skipped += 1
                return
            }
            try start(name, namespace, value)
        case .end:
            guard skipped == 0 else {
                skipped -= 1
                return
            }
            try end()
        case .text(let text):
            guard skipped == 0 else { return }
            try self.text(text)
        }
    }

    private mutating func start(
        _ name: [UInt8], _ namespace: XMLNamespace, _ value: [UInt8]?
    ) throws(HL7v2Error) {
        guard namespace == .expected || (namespace == .none && tolerances.contains(.missingNamespace)) else {
            guard !levels.isEmpty, namespace == .other, tolerances.contains(.unknownElements) else {
                throw levels.isEmpty ? HL7v2Error(.xmlNamespaceUnknown) : unexpected()
            }
            skipped = 1
            return
        }
        switch levels.last {
        case nil: levels.append(.group)
        case .group: try startInGroup(name)
        case .segment: try startField(name)
        case .field, .component, .subcomponent: try startPart(name, value)
        case .part: try startEscape(name, value)
        case .escape: throw unexpected()
        }
    }

    private mutating func startInGroup(_ name: [UInt8]) throws(HL7v2Error) {
        if SegmentName.isValid(name[...]) {
            segments += 1
            guard segments <= limits.segments else { throw HL7v2Error(.tooManySegments) }
            occurrences[name, default: 0] += 1
            segment = XMLSegment(name: name)
            levels.append(.segment)
        } else if name.contains(UInt8(ascii: ".")) || tolerances.contains(.unknownElements) {
            levels.append(.group)
        } else {
            throw unexpected()
        }
    }

    private mutating func startField(_ name: [UInt8]) throws(HL7v2Error) {
        guard let number = XMLNumber(name), number.prefix.elementsEqual(segment.name) else { return try leaveOut() }
        guard number.value <= limits.fields else { throw HL7v2Error(.tooManyFields, at: location) }
        levels.append(.field(number.value))
        guard segment.startRepetition(of: number.value) <= limits.repetitions else {
            throw HL7v2Error(.tooManyRepetitions, at: location)
        }
    }

    private mutating func startPart(_ name: [UInt8], _ value: [UInt8]?) throws(HL7v2Error) {
        if name.elementsEqual("escape".utf8) { return try startEscape(name, value) }
        guard let number = XMLNumber(name), number.value <= XMLSegment.mostParts else { return try leaveOut() }
        guard segment.startPart() else { throw unexpected() }
        switch levels.last {
        case .field:
            segment.component = number.value
            levels.append(.component(number.value))
        case .component:
            segment.subcomponent = number.value
            levels.append(.subcomponent(number.value))
        default:
            // Finer than the vertical bar encoding can say; the first part stands for the whole.
            guard number.value == 1 else { return try leaveOut() }
            levels.append(.part)
        }
    }

    private mutating func startEscape(_ name: [UInt8], _ value: [UInt8]?) throws(HL7v2Error) {
        guard name.elementsEqual("escape".utf8), let value, XMLSegment.isEscape(value) else { return try leaveOut() }
        guard segment.append(escape: value) else { throw unexpected() }
        levels.append(.escape)
    }

    private mutating func end() throws(HL7v2Error) {
        var isNew = true
        let ended = levels.popLast()
        switch ended {
        case .segment:
            segment.encode(into: &encoded)
            guard encoded.count <= limits.bytes else { throw HL7v2Error(.messageTooLong) }
        case .field: isNew = segment.endRepetition()
        case .component: isNew = segment.endComponent()
        case .subcomponent: isNew = segment.endSubcomponent()
        case .part: segment.endPart()
        case .group, .escape, nil: break
        }
        guard !isNew, let ended else { return }
        levels.append(ended)
        throw unexpected()
    }

    private mutating func text(_ text: [UInt8]) throws(HL7v2Error) {
        let isBlank = text.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        switch levels.last {
        case .field, .component, .subcomponent, .part:
            guard segment.append(text: text, isBlank: isBlank) else { throw unexpected() }
        case .group, .segment, .escape, nil:
            guard isBlank else { throw unexpected() }
        }
    }

    private mutating func leaveOut() throws(HL7v2Error) {
        guard tolerances.contains(.unknownElements) else { throw unexpected() }
        skipped = 1
    }

    private func unexpected() -> HL7v2Error { HL7v2Error(.xmlContentUnexpected, at: location) }

    /// Where the open elements are, in the numbers of the vertical bar encoding.
    private var location: ErrorLocation? {
        var field: Int?
        var component: Int?
        var subcomponent: Int?
        var isInSegment = false
        for level in levels {
            switch level {
            case .segment: isInSegment = true
            case .field(let number): field = number
            case .component(let number): component = number
            case .subcomponent(let number): subcomponent = number
            case .group, .part, .escape: break
            }
        }
        guard isInSegment else { return nil }
        return ErrorLocation(
            segment: String(decoding: segment.name, as: UTF8.self), sequence: occurrences[segment.name] ?? 1,
            field: field, repetition: field.map { max(segment.repetitions(of: $0), 1) }, component: component,
            subcomponent: subcomponent)
    }
}

/// The number at the end of an element's name: `PID.3`, `CX.4`.
struct XMLNumber {
    let prefix: ArraySlice<UInt8>
    let value: Int

    init?(_ name: [UInt8]) {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return nil }
        let digits = name[(dot + 1)...]
        guard (1...4).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        prefix = name[..<dot]
        self.value = value
    }
}
