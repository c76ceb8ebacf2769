import HL7v2

/// In which of its two encodings a message of HL7 v2 comes by HTTP or as a file.
enum MessageForm: Sendable, Equatable {
    /// Delimiters (ER7), as by MLLP.
    case er7
    /// v2.xml.
    case xml

    /// By `Content-Type`; nil for what is no HL7 v2.
    init?(contentType: String?) {
        let type = contentType?.split(separator: ";").first?.lowercased().filter { $0 != " " }
        switch type {
        case "x-application/hl7-v2+er7", "application/hl7-v2", "application/hl7-v2+er7", "text/plain": self = .er7
        case "x-application/hl7-v2+xml", "application/hl7-v2+xml": self = .xml
        default: return nil
        }
    }

    /// By the ending of a file's name; nil for a file that is not ours.
    init?(fileName: String) {
        switch fileName.lowercased() {
        case let name where name.hasSuffix(".hl7"): self = .er7
        case let name where name.hasSuffix(".xml"): self = .xml
        default: return nil
        }
    }
}
