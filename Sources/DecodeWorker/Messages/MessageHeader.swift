/// What precedes each message on the channel: 16 bytes.
struct MessageHeader: Equatable {
    /// What a message is.
    enum Kind: UInt8 {
        /// The child is ready; its body is one byte, a `Readiness`.
        case ready = 1
        case request = 2
        case frame = 3
        case words = 4
        case failure = 5
    }

    static let byteCount = 16
    private static let mark: [UInt8] = [0x49, 0x47, 0x44, 0x57]  // IGDW
    private static let version: UInt8 = 1

    let kind: Kind
    /// An answer carries the number of its request.
    let sequence: UInt32
    let bodyLength: Int

    init(kind: Kind, sequence: UInt32, bodyLength: Int) {
        (self.kind, self.sequence, self.bodyLength) = (kind, sequence, bodyLength)
    }

    /// Nil for anything but exactly such a header.
    init?(_ bytes: [UInt8]) {
        var reader = WireReader(bytes)
        guard bytes.count == Self.byteCount, reader.bytes(4) == Self.mark, reader.bytes(1) == [Self.version],
            let kind = reader.bytes(1).flatMap({ Kind(rawValue: $0[0]) }), reader.number(2) == 0,
            let sequence = reader.number(4), let length = reader.number(4)
        else { return nil }
        self.init(kind: kind, sequence: UInt32(truncatingIfNeeded: sequence), bodyLength: length)
    }

    var bytes: [UInt8] {
        var writer = WireWriter()
        writer.append(Self.mark)
        writer.append([Self.version, kind.rawValue])
        writer.number(0, 2)
        writer.number(Int(sequence), 4)
        writer.number(bodyLength, 4)
        return writer.bytes
    }
}

/// Whether a child can do its work.
enum Readiness: UInt8 {
    case able = 0
    /// A library or its data are not installed.
    case libraryMissing = 1
    /// The operating system refused to confine it.
    case notConfined = 2
}
