/// Holds back the first bytes of a file until they are known to be a DICOM file's: 128 bytes of preamble, then `DICM`
/// (PS3.10 §7.1). So a login page never reaches the disk as an image.
struct Part10Beginning {
    private static let length = 132
    private static let prefix: [UInt8] = [0x44, 0x49, 0x43, 0x4D]

    private var held: [UInt8] = []
    private(set) var isComplete = false

    /// The bytes that may pass on; nil when this is no DICOM file.
    mutating func check(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        if isComplete { return bytes }
        held += bytes
        guard held.count >= Self.length else { return [] }
        guard held[128..<Self.length].elementsEqual(Self.prefix) else { return nil }
        isComplete = true
        defer { held = [] }
        return held[...]
    }
}
