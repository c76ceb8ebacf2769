import HL7v2

/// An acknowledgment in the XML encoding (v2.xml): MSH, MSA and ERR, whose fields are simple or of the few types below.
struct XMLAcknowledgment {
    let bytes: [UInt8]

    /// The composite types of the fields that an acknowledgment has; the others are simple. `TS` is one up to 2.5.1.
    private static let types: [String: String] = [
        "MSH.3": "HD", "MSH.4": "HD", "MSH.5": "HD", "MSH.6": "HD", "MSH.7": "TS", "MSH.9": "MSG", "MSH.11": "PT",
        "MSH.12": "VID", "MSA.6": "CE", "ERR.1": "ELD", "ERR.2": "ERL", "ERR.3": "CWE", "ERR.5": "CWE",
    ]
    private static let segments: Set = ["MSH", "MSA", "ERR"]

    /// Nil when the bytes are no message.
    init?(_ acknowledgment: [UInt8]) {
        guard let message = try? Message(parsing: acknowledgment) else { return nil }
        let structure = Self.text("MSH-9.3", of: message)
        let root = structure.flatMap { $0.wholeMatch(of: /[A-Z0-9_]+/) == nil ? nil : $0 } ?? "ACK"
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<\(root) xmlns=\"urn:hl7-org:v2xml\">\n"
        var occurrences: [String: Int] = [:]
        for segment in message.segments where Self.segments.contains(segment.name) {
            let occurrence = occurrences[segment.name, default: 0] + 1
            occurrences[segment.name] = occurrence
            xml += "<\(segment.name)>\(Self.fields(of: segment.name, occurrence, in: message))</\(segment.name)>\n"
        }
        bytes = Array((xml + "</\(root)>\n").utf8)
    }

    private static func fields(of segment: String, _ occurrence: Int, in message: Message) -> String {
        var xml = ""
        for number in 1...21 {
            let name = "\(segment).\(number)"
            switch name {
            case "MSH.1": xml += element(name, escaped(String(decoding: [message.delimiters.field], as: UTF8.self)))
            case "MSH.2":
                xml += element(
                    name, escaped(String(decoding: message.delimiters.encodingCharacters, as: UTF8.self)))
            default:
                guard let path = try? FieldPath(parsing: "\(segment)[\(occurrence)]-\(number)") else { continue }
                for repetition in 1...max(1, message.repetitionCount(at: path)) {
                    xml += field(name, path.with(repetition: repetition), in: message)
                }
            }
        }
        return xml
    }

    private static func field(_ name: String, _ path: FieldPath, in message: Message) -> String {
        guard let type = types[name], !(type == "TS" && isTimeSimple(message.version)) else {
            return message.value(at: path).map { element(name, escaped($0)) } ?? ""
        }
        let parts = (1...9).compactMap { number in
            message.value(at: path.with(component: number)).map { element("\(type).\(number)", escaped($0)) }
        }
        return parts.isEmpty ? "" : element(name, parts.joined())
    }

    private static func isTimeSimple(_ version: String) -> Bool { version >= "2.6" }

    private static func text(_ path: String, of message: Message) -> String? {
        (try? FieldPath(parsing: path)).flatMap { message.value(at: $0) }
    }

    private static func element(_ name: String, _ content: String) -> String { "<\(name)>\(content)</\(name)>" }

    /// Characters that XML 1.0 cannot hold become U+FFFD.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
