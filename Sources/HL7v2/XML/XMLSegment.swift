/// One segment while it is read from v2.xml: leaves are kept as they will stand in the vertical bar encoding.
struct XMLSegment {
    /// More components or sub-components than any data type of versions 2.1 to 2.8 has.
    static let mostParts = 100

    let name: [UInt8]
    /// The component that is being read, from 1.
    var component = 1
    /// The sub-component that is being read, from 1.
    var subcomponent = 1

    /// By field, repetition, component, sub-component.
    private var fields: [[[[[UInt8]]]]] = []
    private var field = 1
    private var repetition: [[[UInt8]]] = []
    /// Text of the innermost open element.
    private var leaf: [UInt8] = []
    private var leafIsBlank = true
    /// Whether the innermost open element has had parts, so that it may have no text.
    private var hasParts = false

    private static let delimiters = Delimiters.usual

    init(name: [UInt8]) { self.name = name }

    /// How many repetitions of a field were begun.
    func repetitions(of number: Int) -> Int {
        let ended = number <= fields.count ? fields[number - 1].count : 0
        return ended + (number == field ? 1 : 0)
    }

    /// The number of the repetition that begins.
    mutating func startRepetition(of number: Int) -> Int {
        field = number
        repetition = []
        component = 1
        subcomponent = 1
        startLeaf()
        hasParts = false
        return repetitions(of: number)
    }

    /// False where what ended stood there already; so below.
    mutating func endRepetition() -> Bool {
        let isNew = endLeaf()
        while fields.count < field { fields.append([]) }
        fields[field - 1].append(repetition)
        field = 0
        return isNew
    }

    /// False where text stands before the part.
    mutating func startPart() -> Bool {
        guard leafIsBlank else { return false }
        startLeaf()
        hasParts = false
        return true
    }

    mutating func endComponent() -> Bool {
        defer {
            component = 1
            subcomponent = 1
            hasParts = true
        }
        return endLeaf()
    }

    mutating func endSubcomponent() -> Bool {
        defer {
            subcomponent = 1
            hasParts = true
        }
        return endLeaf()
    }

    /// What is finer than a sub-component ends; no text may follow.
    mutating func endPart() { hasParts = true }

    /// False where the text stands beside parts.
    mutating func append(text: [UInt8], isBlank: Bool) -> Bool {
        guard !(hasParts && !isBlank) else { return false }
        guard !hasParts else { return true }
        leafIsBlank = leafIsBlank && isBlank
        for byte in text { append(byte) }
        return true
    }

    /// False where the escape sequence stands beside parts.
    mutating func append(escape: [UInt8]) -> Bool {
        guard !hasParts, let character = Self.delimiters.escape else { return false }
        leafIsBlank = false
        leaf += [character] + escape + [character]
        return true
    }

    /// What may stand between two escape characters.
    static func isEscape(_ value: [UInt8]) -> Bool {
        let reserved = [delimiters.field] + delimiters.encodingCharacters
        return (1...256).contains(value.count)
            && value.allSatisfy { (0x21...0x7E).contains($0) && !reserved.contains($0) }
    }

    /// What stands for the bytes that a leaf cannot hold as they are.
    private static let escapes: [[UInt8]?] = {
        var escapes: [[UInt8]?] = Array(repeating: nil, count: 256)
        let delimiters: [(Unicode.Scalar, String)] = [
            ("|", "F"), ("^", "S"), ("&", "T"), ("~", "R"), ("\\", "E"), ("\n", "X0A"), ("\r", "X0D"),
        ]
        for (character, letter) in delimiters { escapes[Int(UInt8(ascii: character))] = Array("\\\(letter)\\".utf8) }
        return escapes
    }()

    private mutating func append(_ byte: UInt8) {
        guard let escape = Self.escapes[Int(byte)] else { return leaf.append(byte) }
        leaf += escape
    }

    private mutating func startLeaf() {
        leaf = []
        leafIsBlank = true
    }

    /// Puts the text where it belongs. White space alone is the layout of the document.
    private mutating func endLeaf() -> Bool {
        defer { startLeaf() }
        guard !leafIsBlank else { return true }
        while repetition.count < component { repetition.append([]) }
        while repetition[component - 1].count < subcomponent { repetition[component - 1].append([]) }
        let isNew = repetition[component - 1][subcomponent - 1].isEmpty
        repetition[component - 1][subcomponent - 1] = leaf
        return isNew
    }

    /// Appends the segment and its terminator. The delimiters and the character set of a header are ours.
    func encode(into encoded: inout [UInt8]) {
        let delimiters = Self.delimiters
        var written: [UInt8] = []
        var fields = fields
        let isHeader = ["MSH", "BHS", "FHS"].contains { name.elementsEqual($0.utf8) }
        if name.elementsEqual("MSH".utf8) {
            while fields.count < 18 { fields.append([]) }
            fields[17] = [[[Array(MessageCharacterSet.utf8.rawValue.utf8)]]]
        }
        if isHeader { written += [delimiters.field] + delimiters.encodingCharacters }
        for field in fields.dropFirst(isHeader ? 2 : 0) {
            written.append(delimiters.field)
            for (index, repetition) in field.enumerated() {
                if index > 0, let character = delimiters.repetition { written.append(character) }
                for (index, component) in repetition.enumerated() {
                    if index > 0 { written.append(delimiters.component) }
                    for (index, subcomponent) in component.enumerated() {
                        if index > 0, let character = delimiters.subcomponent { written.append(character) }
                        written += subcomponent
                    }
                }
            }
        }
        encoded += name + written + [UInt8(ascii: "\r")]
    }
}
