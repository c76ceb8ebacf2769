import DICOM

/// What one parameter of a search asks of an attribute (PS3.4 §C.2.2.2).
enum MatchingRule: Hashable, Sendable {
    /// Any value, and none (§C.2.2.2.3).
    case universal
    /// One value (§C.2.2.2.1).
    case single(String)
    /// One number, whatever way it is written.
    case number(Double)
    /// `*` and `?` (§C.2.2.2.4).
    case wildcard([Unicode.Scalar])
    /// A name, with or without wildcards; case does not matter.
    case name([Unicode.Scalar])
    /// One of several UIDs (§C.2.2.2.2).
    case uids(Set<String>)
    /// Dates or times between two bounds, each complete (§C.2.2.2.5).
    case range(from: String, through: String)

    private static let longest = 4_096

    /// - Throws: 400 for a value that cannot be one of the attribute.
    init(_ value: String, vr: VR) throws(ArchiveProblem) {
        guard value.utf8.count <= Self.longest else { throw Self.invalid }
        guard !value.isEmpty else {
            self = .universal
            return
        }
        switch vr {
        case .UI: self = try Self.uids(value)
        case .DA, .TM, .DT: self = try Self.range(value, vr)
        case .PN: self = Self.isUniversal(value) ? .universal : .name(Self.folded(value))
        case .AE, .CS, .LO, .LT, .SH, .ST, .UC, .UR, .UT: self = Self.text(value)
        case .IS, .DS, .US, .SS, .UL, .SL, .UV, .SV, .FL, .FD:
            guard let number = Double(value), number.isFinite else { throw Self.invalid }
            self = .number(number)
        case .AS: self = .single(value)
        case .AT: self = .single(value.uppercased())
        case .SQ, .OB, .OD, .OF, .OL, .OV, .OW, .UN: throw Self.invalid
        }
    }

    private static let invalid = ArchiveProblem(400, "A value of the search cannot be one of its attribute")

    private static func isUniversal(_ value: String) -> Bool { value.utf8.allSatisfy { $0 == UInt8(ascii: "*") } }

    private static func text(_ value: String) -> MatchingRule {
        if isUniversal(value) { return .universal }
        let scalars = Array(value.unicodeScalars)
        return scalars.contains { $0 == "*" || $0 == "?" } ? .wildcard(scalars) : .single(value)
    }

    private static func uids(_ value: String) throws(ArchiveProblem) -> MatchingRule {
        let list = value.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "\\" }.map(String.init)
        guard list.allSatisfy({ UID($0) != nil }) else { throw invalid }
        return .uids(Set(list))
    }

    private static func range(_ value: String, _ vr: VR) throws(ArchiveProblem) -> MatchingRule {
        let parts = value.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), parts.contains(where: { !$0.isEmpty }) else { throw invalid }
        let first = parts.first ?? ""
        let last = parts.last ?? ""
        guard let from = first.isEmpty ? "" : TimeText.earliest(first, vr),
            let through = last.isEmpty ? TimeText.end : TimeText.latest(last, vr)
        else { throw invalid }
        return .range(from: from, through: through)
    }

    /// Without the carets that end a name, in lower case.
    private static func folded(_ text: String) -> [Unicode.Scalar] {
        var scalars = Array(text.lowercased().unicodeScalars)
        while scalars.last == "^" || scalars.last == " " { scalars.removeLast() }
        return scalars
    }

    /// Whether an element fulfils the rule; of several values one is enough. An empty element fulfils only `universal`.
    func admits(_ element: DataElement) -> Bool {
        if self == .universal { return true }
        return Self.texts(of: element).contains { admits($0, element.vr) }
    }

    private func admits(_ text: String, _ vr: VR) -> Bool {
        switch self {
        case .universal: true
        case .single(let value): text == value
        case .number(let value): Double(text) == value
        case .wildcard(let pattern): Self.matches(Array(text.unicodeScalars), pattern)
        case .name(let pattern):
            // The whole value, or one of its groups: alphabetic, ideographic, phonetic.
            ([text] + text.split(separator: "=").map(String.init)).contains { Self.matches(Self.folded($0), pattern) }
        case .uids(let uids): uids.contains(text)
        case .range(let from, let through):
            TimeText.earliest(text, vr).map { from <= $0 } ?? false
                && TimeText.latest(text, vr).map { $0 <= through } ?? false
        }
    }

    private static func texts(of element: DataElement) -> [String] {
        switch element.value {
        case .text(let values): values.filter { !$0.isEmpty }
        case .integers(let values): values.map { String($0) }
        case .numbers(let values): values.map { "\($0)" }
        case .tags(let tags): tags.map(\.hex)
        case .undecodedText, .bytes, .sequence, .pixelFragments: []
        }
    }

    /// `*` for any characters, `?` for one; in steps of at most the product of both lengths.
    private static func matches(_ text: [Unicode.Scalar], _ pattern: [Unicode.Scalar]) -> Bool {
        var index = 0
        var place = 0
        var star: (place: Int, index: Int)?
        while index < text.count {
            if place < pattern.count, pattern[place] == "*" {
                star = (place, index)
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[index] {
                place += 1
                index += 1
            } else if let last = star {
                star = (last.place, last.index + 1)
                place = last.place + 1
                index = last.index + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}
