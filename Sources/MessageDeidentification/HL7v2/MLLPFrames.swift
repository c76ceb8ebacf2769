/// What the frames of a recording hold (HL7 MLLP release 1: `<VT>` content `<FS><CR>`).
enum MLLPFrames {
    /// Nil where no frame comes first, behind a byte order mark and blanks. Throws `messageUnreadable` with the frame's
    /// number for one that is empty or has no end (a recording that was cut off may have cut a message), and for
    /// anything between two.
    static func contents(_ bytes: [UInt8]) throws(MessageDeidentificationError) -> [ArraySlice<UInt8>]? {
        var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        rest = rest.drop(while: isBlank)
        guard rest.first == start else { return nil }
        var contents: [ArraySlice<UInt8>] = []
        while let first = rest.first {
            let content = rest.dropFirst().prefix { $0 != end && $0 != start }
            guard first == start, !content.allSatisfy(isBlank),
                content.endIndex < rest.endIndex, rest[content.endIndex] == end
            else { throw MessageDeidentificationError(.messageUnreadable, at: "frame \(contents.count + 1)") }
            contents.append(content)
            rest = rest[(content.endIndex + 1)...].drop(while: isBlank)
        }
        return contents
    }

    private static let start: UInt8 = 0x0B
    private static let end: UInt8 = 0x1C

    private static func isBlank(_ byte: UInt8) -> Bool { [0x0D, 0x0A, 0x20, 0x09].contains(byte) }
}
