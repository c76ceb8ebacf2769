/// A media type or range with its parameters (RFC 9110 §8.3.1, §12.5.1), as Accept and Content-Type have it.
struct DICOMMediaRange: Hashable, Sendable {
    /// `type/subtype` in lower case.
    let essence: String
    /// By name in lower case; of a repeated name the first counts.
    let parameters: [String: String]
    /// The weight `q`, in thousandths.
    let weight: Int

    /// The transfer syntax asked for: a UID or `*`.
    var transferSyntax: String? { parameters["transfer-syntax"] }

    /// Nil without a type and subtype.
    init?(_ field: Substring) {
        let parts = Self.split(field, at: ";").map(Self.trimmed)
        let essence = (parts.first ?? "").lowercased()
        let names = essence.split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty }), !essence.contains(" ") else { return nil }
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let name = Self.trimmed(part[..<equals]).lowercased()
            guard !name.isEmpty, parameters[name] == nil else { continue }
            parameters[name] = Self.unquoted(Self.trimmed(part[part.index(after: equals)...]))
        }
        self.essence = essence
        self.parameters = parameters
        weight = Self.weight(parameters["q"])
    }

    /// The ranges of an Accept header, the best first, those with weight 0 left out.
    ///
    /// - Throws: 400 when none of them can be read.
    static func accepted(_ field: String) throws(ArchiveProblem) -> [DICOMMediaRange] {
        let ranges = split(Substring(field), at: ",").prefix(64).compactMap { DICOMMediaRange($0) }
        guard !ranges.isEmpty else { throw ArchiveProblem(400, "The Accept header cannot be read") }
        let order = ranges.indices.sorted {
            ranges[$0].weight == ranges[$1].weight ? $0 < $1 : ranges[$0].weight > ranges[$1].weight
        }
        return order.map { ranges[$0] }.filter { $0.weight > 0 }
    }

    /// Whether a type falls within this range.
    func includes(_ type: String) -> Bool { Self.range(essence, includes: type) }

    /// Whether `multipart/related` with parts of a type falls within this range. The parameter `type` may be a range too,
    /// as some clients send it; without it any type of the parts is meant.
    func includesMultipart(of type: String) -> Bool {
        includes("multipart/related") && Self.range(parameters["type"]?.lowercased() ?? "*/*", includes: type)
    }

    private static func range(_ range: String, includes type: String) -> Bool {
        if range == type || range == "*/*" { return true }
        guard range.hasSuffix("/*") else { return false }
        return type.hasPrefix(range.dropLast())
    }

    private static func weight(_ text: String?) -> Int {
        guard let text else { return 1_000 }
        guard let value = Double(text), value.isFinite else { return 0 }
        return Int(min(max(value, 0), 1) * 1_000)
    }

    /// Cuts at a separator outside quoted strings.
    private static func split(_ text: Substring, at separator: Character) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == separator, !isQuoted {
                parts.append(text[start..<index])
                start = text.index(after: index)
            }
        }
        return parts + [text[start...]]
    }

    private static func unquoted(_ text: String) -> String {
        guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        var value = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                value.append(character)
                isEscaped = false
            }
        }
        return value
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
