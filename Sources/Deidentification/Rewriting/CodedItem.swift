internal import DICOM

/// Items of code sequences (PS3.3 §8): the meaning of a locally defined code is free text.
enum CodedItem {
    /// A code that says nothing.
    static let dummy: DataSet = item(Dummy.text, scheme: "99IMGW", meaning: Dummy.text)

    /// An item of a code sequence.
    static func item(_ code: String, scheme: String, meaning: String) -> DataSet {
        var item = DataSet()
        item.set(.codeValue, .SH, code)
        item.set(.codingSchemeDesignator, .SH, scheme)
        item.set(.codeMeaning, .LO, meaning)
        return item
    }

    /// Whether the texts of this item come from a published scheme. Codes of others (a hospital's own, a maker's) are
    /// replaced by the dummy, and so is what has not the form that the scheme gives its codes.
    static func isPublished(_ item: DataSet) -> Bool {
        guard let scheme = item.string(.codingSchemeDesignator), let form = forms[scheme] else { return false }
        // A meaning alone, or beside a code that goes (Long Code Value), is free text.
        guard let code = item.string(.codeValue) else { return false }
        return form(Array(code.utf8))
    }

    /// Whether a meaning says nothing but words that the standard uses, single letters and short measures (`T2`, `L4`,
    /// `5mm`), with four digits at most: no name, no telephone number.
    static func isDescriptive(_ meaning: String, _ vocabulary: Set<String>) -> Bool {
        let words = meaning.lowercased().split { !$0.isLetter && !$0.isNumber }
        return meaning.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
            && meaning.utf8.count(where: isDigit) <= 4
            && words.allSatisfy { word in
                if word.count == 1 || vocabulary.contains(String(word)) { return true }
                let letters = word.split(whereSeparator: \.isNumber)
                return word.contains(where: \.isNumber) && letters.count <= 1
                    && letters.allSatisfy { $0.count <= 2 || vocabulary.contains(String($0)) }
            }
    }

    /// Coding schemes of PS3.16 table 8-1 that turn up in images, and the form of their codes.
    private static let forms: [String: @Sendable ([UInt8]) -> Bool] = [
        "DCM": { isNumber($0, 5...6) }, "SCT": { isNumber($0, 6...18) }, "FMA": { isNumber($0, 3...7) },
        "ACR": { isNumber($0.filter { $0 != 0x2E }, 1...6) }, "BI": { isNumber($0, 1...6) },
        "SRT": axis, "SNM3": axis, "LN": { $0.count <= 8 && $0.dropLast(2).allSatisfy(isDigit) && $0.contains(0x2D) },
        "RADLEX": { $0.starts(with: Array("RID".utf8)) && isNumber(Array($0.dropFirst(3)), 1...6) },
        "UMLS": { $0.first == 0x43 && isNumber(Array($0.dropFirst()), 7...7) },
        "NCIt": { $0.first == 0x43 && isNumber(Array($0.dropFirst()), 3...7) },
        "I9": { isNumber($0.filter { $0 != 0x2E && $0 != 0x56 && $0 != 0x45 }, 2...5) },
        "I10": icd10, "I10C": icd10,
        "UCUM": unit,
    ]

    /// `I25.1`, and of ICD-10-CM `C7A.00`, `S72.001A`, `W11.XXXA`: a letter at the end only of all seven characters. Without
    /// the point `I251` and `S72001A`, but nothing longer of digits alone: `A123456` is a patient's number as well.
    private static let icd10: @Sendable ([UInt8]) -> Bool = { code in
        guard code.count >= 3, (0x41...0x5A).contains(code[0]), isDigit(code[1]), isSubdivision(code[2]) else {
            return false
        }
        guard code.count > 3 else { return true }
        let isPointed = code[3] == 0x2E
        let rest = Array(code.dropFirst(isPointed ? 4 : 3))
        guard (1...4).contains(rest.count), rest.prefix(3).allSatisfy({ isSubdivision($0) || $0 == 0x58 }),
            rest.count < 4 || isDigit(rest[3]) || (0x41...0x5A).contains(rest[3])
        else { return false }
        return isPointed || rest.count < 3 || rest.count == 4 && !isDigit(rest[3])
    }

    /// A digit, or the letters that ICD-10-CM has for one.
    private static func isSubdivision(_ byte: UInt8) -> Bool { isDigit(byte) || byte == 0x41 || byte == 0x42 }

    /// `T-D3000`, `R-10202`, `F-01710`.
    private static let axis: @Sendable ([UInt8]) -> Bool = { code in
        guard (6...8).contains(code.count), code[1] == 0x2D, (0x41...0x5A).contains(code[0]) else { return false }
        return code.dropFirst(2).allSatisfy { isDigit($0) || (0x41...0x46).contains($0) }
    }

    /// Units are short: `mm`, `kg/m2`, `[hnsf'U]`, `{ratio}`.
    private static let unit: @Sendable ([UInt8]) -> Bool = { code in
        guard (1...16).contains(code.count), code.allSatisfy({ (0x21..<0x7F).contains($0) && $0 != 0x5C }) else {
            return false
        }
        let runs = code.split { !((0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)) }
        let annotations: Set<String> = ["ratio", "counts", "frames", "units", "propcounts", "pixels", "degree"]
        return runs.allSatisfy { $0.count <= 4 || annotations.contains(String(decoding: Array($0), as: UTF8.self)) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isNumber(_ code: [UInt8], _ count: ClosedRange<Int>) -> Bool {
        count.contains(code.count) && code.allSatisfy(isDigit)
    }
}
