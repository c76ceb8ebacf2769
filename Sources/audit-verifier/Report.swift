import Audit
import JSON
import MerkleLog

extension BundleVerification {
    /// The result for a reader.
    var report: String {
        var lines: [String] = []
        if let header {
            lines.append("bundle      exported \(header.exported) by \(header.principal)")
            let words = header.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines.append("query       \(words.isEmpty ? "none" : words.joined(separator: " "))")
            lines.append("entries     \(entries), of which \(withoutRecord) without their record")
            lines.append(
                "leaves      \(header.allLeaves ? "all; \(leaves) beside the entries" : "those of the entries")")
        }
        if let checkpoint {
            lines.append("checkpoint  \(checkpoint.origin), \(checkpoint.size) records, root \(checkpoint.root.base64)")
        }
        lines.append(
            "key         \(isKeyTrusted ? "compared: the one you gave" : "NOT COMPARED with one that you trust")")
        for key in header?.certificateKeys ?? [] { lines.append("certificate \(key.text)") }
        for (witness, time) in cosignatures.sorted(by: { $0.key.text < $1.key.text }) {
            lines.append("witness     \(witness.name) cosigned at \(time) (POSIX seconds)")
        }
        for problem in problems { lines.append("problem     \(problem)") }
        if problemCount > problems.count { lines.append("problem     … \(problemCount) in all") }
        lines.append("result      \(isIntact ? "nothing is wrong" : "PROBLEMS")")
        lines += statements.map { "            \($0)" }
        return lines.map { Self.printable($0) + "\n" }.joined()
    }

    /// The bundle is somebody else's: what would steer a terminal is shown as a replacement character.
    private static func printable(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                shown.append("\u{FFFD}")
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }

    /// The result for a program.
    var json: String {
        var object: JSONObject = [
            "intact": .bool(isIntact), "keyTrusted": .bool(isKeyTrusted),
            "problems": .array(
                problems.map { problem in
                    var object: JSONObject = ["code": .string(problem.code.rawValue)]
                    object["line"] = problem.line.map { .number(JSONNumber($0)) }
                    return .object(object)
                }),
            "problemCount": .number(JSONNumber(problemCount)), "entries": .number(JSONNumber(entries)),
            "withoutRecord": .number(JSONNumber(withoutRecord)), "leaves": .number(JSONNumber(leaves)),
            "cosignatures": .object(
                JSONObject(
                    cosignatures.sorted { $0.key.text < $1.key.text }
                        .map { (key: $0.key.name, value: .number(JSONNumber(Int(clamping: $0.value)))) })),
            "statements": .array(statements.map { .string($0) }),
        ]
        object["certificateKeys"] = header.map { .array($0.certificateKeys.map { .string($0.text) }) }
        object["allLeaves"] = header.map { .bool($0.allLeaves) }
        object["leftOut"] = leftOut.map { .number(JSONNumber($0)) }
        if let checkpoint {
            object["origin"] = .string(checkpoint.origin)
            object["size"] = .number(JSONNumber(Int(clamping: checkpoint.size)))
            object["root"] = .string(checkpoint.root.base64)
        }
        return String(decoding: JSONValue.object(object).serialized(), as: UTF8.self) + "\n"
    }
}
