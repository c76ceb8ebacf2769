/// Check digits at the end of codes. They are no secret, but of ten numbers that are no code nine fail.
enum CheckDigit {
    /// Modulus 10 (LOINC Users' Guide, appendix C). `digits` are ASCII.
    static func isLuhn(_ digits: [UInt8]) -> Bool {
        let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
            let value = Int(digit.element) - 48
            let doubled = digit.offset % 2 == 0 ? value : value * 2
            return sum + (doubled > 9 ? doubled - 9 : doubled)
        }
        return sum % 10 == 0
    }

    /// Verhoeff's dihedral check (SNOMED CT). `digits` are ASCII.
    static func isVerhoeff(_ digits: [UInt8]) -> Bool {
        let check = digits.reversed().enumerated().reduce(0) { check, digit in
            product(check, permuted(Int(digit.element) - 48, times: digit.offset % 8))
        }
        return check == 0
    }

    /// In the dihedral group of order 10.
    private static func product(_ left: Int, _ right: Int) -> Int {
        switch (left < 5, right < 5) {
        case (true, true): (left + right) % 5
        case (true, false): (left + right) % 5 + 5
        case (false, true): (left - right + 5) % 5 + 5
        case (false, false): (left - right + 10) % 5
        }
    }

    private static func permuted(_ digit: Int, times: Int) -> Int {
        (0..<times).reduce(digit) { digit, _ in [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][digit] }
    }
}
