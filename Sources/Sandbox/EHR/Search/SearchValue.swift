/// Splits search values at separators that no backslash escapes (R4 §3.1.1.4.15).
enum SearchValue {
    /// The parts between unescaped separators, escapes still in them.
    static func split(_ text: String, at separator: Unicode.Scalar) -> [String] {
        var parts: [String.UnicodeScalarView] = [String.UnicodeScalarView()]
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if !isEscaped, scalar == separator {
                parts.append(String.UnicodeScalarView())
                continue
            }
            parts[parts.count - 1].append(scalar)
            isEscaped = !isEscaped && scalar == "\\"
        }
        return parts.map { String($0) }
    }

    /// The text without its escapes.
    static func unescaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if !isEscaped, scalar == "\\" {
                isEscaped = true
                continue
            }
            if isEscaped, !["\\", "|", ",", "$"].contains(scalar) { result.append("\\") }
            result.append(scalar)
            isEscaped = false
        }
        if isEscaped { result.append("\\") }
        return String(result)
    }
}

/// A token as it is searched for (R4 §3.1.1.4.10): `code`, `system|code`, `|code` or `system|`.
struct SearchToken: Sendable, Equatable {
    /// Nil: any system. Empty: no system.
    let system: String?
    /// Nil: any code.
    let code: String?

    init(_ text: String) {
        let parts = SearchValue.split(text, at: "|").map(SearchValue.unescaped)
        guard parts.count > 1 else {
            system = nil
            code = parts.first
            return
        }
        system = parts[0]
        let rest = parts.dropFirst().joined(separator: "|")
        code = rest.isEmpty ? nil : rest
    }

    /// `|` alone asks for nothing.
    var isEmpty: Bool { (system ?? "").isEmpty && (code ?? "").isEmpty }

    /// Byte for byte: no case folding, no Unicode normalisation.
    func matches(system ownSystem: String?, code ownCode: String?) -> Bool {
        if let system, !system.utf8.elementsEqual((ownSystem ?? "").utf8) { return false }
        guard let code else { return ownCode != nil }
        return ownCode.map { code.utf8.elementsEqual($0.utf8) } ?? false
    }
}
