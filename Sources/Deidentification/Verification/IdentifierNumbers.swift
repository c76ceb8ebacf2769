internal import SecondOpinion

/// The numbers inside identifiers and the digits of telephone numbers: as the second opinion knows them.
struct IdentifierNumbers: Sendable {
    /// Digits without leading zeros, at least six.
    private(set) var inside: Set<String> = []
    /// The last seven digits: codes before them are written or not.
    private var telephones: Set<String> = []

    /// Adds what an identifier, an address or a telephone number holds.
    mutating func add(_ value: String) {
        inside.formUnion(NumberRuns.numbers(in: value))
        let letters = value.filter(\.isLetter)
        guard letters.count <= 3,
            TelephoneNumbers.isWrittenSo(value.filter { !$0.isLetter && $0 != ":" && $0 != "," && $0 != ";" })
        else { return }
        telephones.insert(String(Self.digits(value).suffix(TelephoneNumbers.least)))
    }

    /// Whether a text holds one, whatever stands between its digits.
    func occur(in value: String) -> Bool {
        guard !inside.isEmpty || !telephones.isEmpty else { return false }
        let digits = Self.digits(value)
        return digits.utf8.count >= 6
            && (inside.contains { digits.contains($0) } || telephones.contains { digits.contains($0) })
    }

    /// Whether a measured number (DS, IS) is one: seven digits only as a whole number.
    func are(measured value: String) -> Bool {
        let parts = value.filter { !" +-\0".contains($0) }.split(separator: ".", omittingEmptySubsequences: false)
        let number = String((parts.first ?? "").drop { $0 == "0" }.prefix { $0.isNumber })
        let isWhole = parts.count == 1 || parts.count == 2 && parts[1].allSatisfy { $0 == "0" }
        guard number.utf8.count >= 8 || number.utf8.count == 7 && isWhole else { return false }
        return inside.contains(number) || isTelephone(number)
    }

    private func isTelephone(_ number: String) -> Bool {
        telephones.contains(String(number.suffix(TelephoneNumbers.least)))
    }

    private static func digits(_ value: String) -> String {
        String(value.unicodeScalars.filter { (0x30...0x39).contains($0.value) }.map(Character.init))
    }
}
