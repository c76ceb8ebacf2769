#if DEBUG
internal import DICOM
internal import Glibc

/// For tests of a program built for debugging: makes the child fail at frames of one width, as a codec would that a
/// hostile file overcomes. `IMAGING_GATEWAY_DECODER_FAULT=<crash|hang|garbage|flood>:<columns>,…`.
enum FaultHook {
    static let variable = "IMAGING_GATEWAY_DECODER_FAULT"

    static func strike(_ frame: EncodedFrame) {
        guard let text = unsafe getenv(variable).map({ unsafe String(cString: $0) }) else { return }
        for fault in text.split(separator: ",") {
            let parts = fault.split(separator: ":")
            if parts.count == 2, Int(parts[1]) == frame.columns { strike(parts[0]) }
        }
    }

    private static func strike(_ fault: Substring) {
        let channel = Channel(descriptor: 0)
        switch fault {
        case "crash": abort()
        case "hang": break
        case "garbage": try? channel.write([UInt8](repeating: 0x47, count: 64))
        case "flood":
            // An answer as it should begin, and never end.
            try? channel.write(MessageHeader(kind: .frame, sequence: 1, bodyLength: 1 << 30).bytes)
        default: return
        }
        while true {}
    }
}
#endif
