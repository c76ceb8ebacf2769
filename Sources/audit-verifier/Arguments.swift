import MerkleLog

/// What stands on the command line.
struct Arguments {
    var bundle = ""
    var key: VerifierKey?
    var witnesses: [WitnessVerifierKey] = []
    var isJSON = false

    init(_ words: [String]) throws(Unusable) {
        var words = words[...]
        while let word = words.popFirst() {
            switch word {
            case "--json": isJSON = true
            case "--key":
                let text = try Self.text(words.popFirst(), of: word)
                do { key = try VerifierKey(parsing: text) } catch {
                    throw Unusable(text: "--key is no public key of a log")
                }
            case "--witness":
                let text = try Self.text(words.popFirst(), of: word)
                do {
                    witnesses.append(try WitnessVerifierKey(parsing: text))
                } catch {
                    throw Unusable(text: "--witness is no public key of a witness")
                }
            case _ where word.hasPrefix("-") && word != "-":
                throw Unusable(text: "unknown option\n\(AuditVerifierProgram.usage)")
            case _ where bundle.isEmpty: bundle = word
            default: throw Unusable(text: "one bundle at a time\n\(AuditVerifierProgram.usage)")
            }
        }
        guard !bundle.isEmpty else { throw Unusable(text: "no bundle\n\(AuditVerifierProgram.usage)") }
    }

    /// A key, or the first line of the file that holds it.
    private static func text(_ word: String?, of option: String) throws(Unusable) -> String {
        guard let word else { throw Unusable(text: "\(option) needs a key") }
        // A key has two plus signs; a file name may have them too, so what reads as a key is one.
        if (try? VerifierKey(parsing: word)) != nil || (try? WitnessVerifierKey(parsing: word)) != nil { return word }
        var lines: LineReader
        do { lines = try LineReader(path: word) } catch { throw Unusable(text: "\(option) is no key and no file") }
        let line = try lines.next(limit: 4096) ?? []
        return String(decoding: line.filter { $0 > 0x20 }, as: UTF8.self)
    }
}
