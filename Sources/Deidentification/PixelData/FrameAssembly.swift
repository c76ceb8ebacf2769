internal import DICOM

/// Puts the fragments of encapsulated Pixel Data (PS3.5 §A.4) together to frames, one fragment after the other: by the
/// Basic Offset Table where it is right, else by what begins a stream; RLE has one fragment for each frame.
public struct FrameAssembly: Sendable {
    private let kind: StreamKind
    private let frames: Int
    /// Offsets of the frames' first fragments; nil where no table tells.
    private let starts: [Int]?
    private var position = 0
    private var begun = 0
    private var pending: [UInt8] = []

    init(_ kind: StreamKind, frames: Int, offsets: [UInt8]) {
        self.kind = kind
        self.frames = frames
        let table = stride(from: 0, to: offsets.count - offsets.count % 4, by: 4).map { start in
            (0..<4).reduce(0) { $0 | Int(offsets[start + $1]) << (8 * $1) }
        }
        let isTable = table.count == frames && table.first == 0 && zip(table, table.dropFirst()).allSatisfy { $0 < $1 }
        starts = isTable ? table : nil
    }

    /// Takes the next fragment, without its padding or with it, and answers the stream of the frame before it, if that
    /// is complete now.
    /// - Throws: `pixelDataNotCleanable` for more frames than the header says, and for fragments that no frame begins.
    public mutating func append(_ fragment: [UInt8]) throws(DeidentificationError) -> [UInt8]? {
        let begins = begun == 0 || beginsFrame(fragment)
        position += fragment.count + fragment.count % 2 + 8
        guard begins else {
            pending += fragment
            return nil
        }
        guard begun < frames else { throw DeidentificationError(.pixelDataNotCleanable, tag: .numberOfFrames) }
        begun += 1
        defer { pending = fragment }
        return begun > 1 ? pending : nil
    }

    /// The stream of the last frame.
    /// - Throws: `pixelDataNotCleanable` for another number of frames than the header says.
    public mutating func finish() throws(DeidentificationError) -> [UInt8] {
        guard begun == frames else { throw DeidentificationError(.pixelDataNotCleanable, tag: .numberOfFrames) }
        defer { pending = [] }
        return pending
    }

    private func beginsFrame(_ fragment: [UInt8]) -> Bool {
        if frames == 1 { return false }
        if let starts { return begun < frames && position == starts[begun] }
        return kind.begins(fragment) ?? true
    }
}
