/// The bytes of a DICOM file (PS3.10 §7) in the order in which they are written, pixel data frame by frame: preamble of
/// zeros, a group 0002 made anew, the data set in explicit VR little endian. What is written is what
/// `Instance.serialized()` answers for the same content.
public struct InstanceWriter: Sendable {
    /// What pixel data will be.
    public enum PixelData: Sendable, Hashable {
        /// None.
        case none
        /// Native pixels of this many bytes; an odd number is padded.
        case native(length: Int)
        /// One fragment for each frame; the offset tables are empty or left out.
        case encapsulated(TransferSyntax)
    }

    private let pixelData: PixelData
    private let before: [UInt8]
    private let after: [UInt8]

    /// Writes the header. Throws `missingInstanceUID`, `undecodedText`, `valueDoesNotFitVR` with the tag, and
    /// `unsupportedTransferSyntax` for fragments in a native syntax.
    public init(_ dataSet: DataSet, pixelData: PixelData) throws(DICOMError) {
        guard let sopClass = dataSet.uid(.sopClassUID), let sopInstance = dataSet.uid(.sopInstanceUID) else {
            throw DICOMError(.missingInstanceUID, tag: .sopInstanceUID)
        }
        var syntax = TransferSyntax.explicitVRLittleEndian
        if case .encapsulated(let stored) = pixelData { syntax = stored }
        guard syntax.isEncapsulated || (syntax == .explicitVRLittleEndian && !dataSet.holdsFragments) else {
            throw DICOMError(.unsupportedTransferSyntax, tag: .transferSyntaxUID)
        }
        self.pixelData = pixelData
        var written = dataSet.inUTF8()
        written[.extendedOffsetTable] = nil
        written[.extendedOffsetTableLengths] = nil
        var head = DataSetWriter()
        for element in written where element.tag < .pixelData { try head.write(element) }
        switch pixelData {
        case .none: break
        case .native(let length):
            let vr: VR = (dataSet.int(.bitsAllocated) ?? 16) <= 8 ? .OB : .OW
            try head.header(.pixelData, vr, length: length + length % 2)
        case .encapsulated:
            head.beginFragments(.pixelData)
            head.fragmentHeader(length: 0)
        }
        var tail = DataSetWriter()
        for element in written where element.tag > .pixelData { try tail.write(element) }
        before =
            [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
            + (try Instance.group2(sopClass, sopInstance, syntax)) + head.bytes
        after = tail.bytes
    }

    /// What stands before the first frame.
    public func head() -> [UInt8] { before }

    /// What stands before a frame's stream of this many bytes, and behind it: of odd length it is padded.
    public static func fragment(_ length: Int) -> (before: [UInt8], after: [UInt8]) {
        var writer = DataSetWriter()
        writer.fragmentHeader(length: length)
        return (writer.bytes, length % 2 == 1 ? [0] : [])
    }

    /// What stands behind the last frame.
    public func tail() -> [UInt8] {
        switch pixelData {
        case .none: return after
        case .native(let length): return (length % 2 == 1 ? [0] : []) + after
        case .encapsulated:
            var writer = DataSetWriter()
            writer.endFragments()
            return writer.bytes + after
        }
    }
}

extension InstanceWriter: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted instance>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
