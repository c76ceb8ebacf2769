/// The messages of a file, as an engineer has them: framed by MLLP, or plain with any line ends, one or many.
public enum MessageFile {
    /// The messages, in order. Frames (0x0B … 0x1C) are taken byte for byte, as a listener would get them. In plain
    /// text each line that begins with `MSH` begins a message, batch headers are left out, and line feeds are read as
    /// the carriage returns that editors make them from.
    public static func messages(in bytes: [UInt8]) -> [[UInt8]] {
        bytes.contains(0x0B) && bytes.contains(0x1C) ? framed(bytes) : plain(bytes)
    }

    private static func framed(_ bytes: [UInt8]) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var current: [UInt8]?
        for byte in bytes {
            switch byte {
            case 0x0B: current = []
            case 0x1C:
                if let message = current { messages.append(message) }
                current = nil
            default: current?.append(byte)
            }
        }
        return messages
    }

    private static func plain(_ bytes: [UInt8]) -> [[UInt8]] {
        var bytes = bytes[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var messages: [[UInt8]] = []
        for line in bytes.split(whereSeparator: { $0 == 0x0D || $0 == 0x0A }) {
            let segment = String(decoding: line.prefix(3), as: UTF8.self)
            if ["FHS", "BHS", "BTS", "FTS"].contains(segment) { continue }
            if segment == "MSH" || messages.isEmpty { messages.append([]) }
            messages[messages.count - 1] += line + [0x0D]
        }
        return messages
    }
}
