import CLibXML2
import FHIR
import JSON

/// A report as XHTML for people (R4 §2.4). Every word goes through `escaped`.
struct Narrative {
    let paragraphs: [String]
    let rows: [(name: String, value: String)]

    /// The narrative of a resource.
    ///
    /// - Throws: `narrativeInvalid` when the result is not what R4 allows in a narrative.
    func json() throws(ReportingError) -> JSONValue {
        let div = xhtml()
        let verdict = Self.check(div)
        guard verdict == CLIBXML2_NARRATIVE_OK.rawValue else {
            throw ReportingError(.narrativeInvalid, "check \(verdict)")
        }
        return JSONObject(elements: ["status": "generated", "div": div]).json
    }

    func xhtml() -> String {
        var text = #"<div xmlns="http://www.w3.org/1999/xhtml"><p><b>\#(Self.escaped(ReportNotice.text))</b></p>"#
        for paragraph in paragraphs { text += "<p>\(Self.escaped(paragraph))</p>" }
        if !rows.isEmpty {
            let cells = rows.map { "<tr><td>\(Self.escaped($0.name))</td><td>\(Self.escaped($0.value))</td></tr>" }
            text += "<table><tbody>\(cells.joined())</tbody></table>"
        }
        return text + "</div>"
    }

    /// The same words without marks.
    func plain() -> String {
        let lines = [ReportNotice.text] + paragraphs + rows.map { "\($0.name): \($0.value)" }
        return lines.joined(separator: "\n")
    }

    /// 0 when the text may stand in a narrative, else a number of `clibxml2_narrative`.
    static func check(_ text: String) -> UInt32 {
        let bytes = Array(text.utf8)
        let verdict = unsafe bytes.withUnsafeBufferPointer { unsafe clibxml2_check_narrative($0.baseAddress, $0.count) }
        return UInt32(bitPattern: verdict)
    }

    /// By scalars, not characters: `<` with a combining mark behind it is another character, but still a mark in XML.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in plainText(text, limit: 2_000).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
