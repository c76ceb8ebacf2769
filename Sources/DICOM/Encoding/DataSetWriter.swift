/// A data set → bytes in explicit VR little endian (PS3.5 §7.1.2). Sequences and items get their lengths; group lengths
/// are not written. Text is UTF-8; the caller says so in (0008,0005).
struct DataSetWriter {
    private(set) var bytes: [UInt8] = []

    /// Throws `undecodedText` and `valueDoesNotFitVR` with the tag.
    mutating func write(_ dataSet: DataSet) throws(DICOMError) {
        for element in dataSet { try write(element) }
    }

    mutating func write(_ element: DataElement) throws(DICOMError) {
        if case .pixelFragments(let fragments) = element.value {
            write(fragments: fragments, element.tag)
            return
        }
        let value = try ValueEncoder.encode(element)
        try header(element.tag, element.vr, length: value.count)
        bytes.append(contentsOf: value)
    }

    /// Encapsulated Pixel Data (PS3.5 §A.4); the first fragment is the Basic Offset Table.
    mutating func write(fragments: [[UInt8]], _ tag: Tag) {
        beginFragments(tag)
        for fragment in fragments {
            fragmentHeader(length: fragment.count)
            bytes.append(contentsOf: fragment)
            if fragment.count % 2 == 1 { bytes.append(0) }
        }
        endFragments()
    }

    mutating func beginFragments(_ tag: Tag) {
        append(tag)
        bytes.append(contentsOf: Array("OB".utf8) + [0, 0])
        append(UInt32.max)
    }

    /// A fragment of odd length is padded.
    mutating func fragmentHeader(length: Int) {
        append(ElementHeader.item)
        append(UInt32(clamping: length + length % 2))
    }

    mutating func endFragments() {
        append(ElementHeader.sequenceDelimitation)
        append(0 as UInt32)
    }

    mutating func header(_ tag: Tag, _ vr: VR, length: Int) throws(DICOMError) {
        append(tag)
        bytes.append(contentsOf: vr.rawValue.utf8)
        if vr.hasLongLength {
            guard length < Int(UInt32.max) else { throw DICOMError(.valueDoesNotFitVR, tag: tag) }
            bytes.append(contentsOf: [0, 0])
            append(UInt32(length))
        } else {
            guard let short = UInt16(exactly: length), short < .max else {
                throw DICOMError(.valueDoesNotFitVR, tag: tag)
            }
            append(short)
        }
    }

    private mutating func append(_ tag: Tag) {
        append(tag.group)
        append(tag.element)
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        LittleEndian.append(value, to: &bytes)
    }
}

/// Integers in the byte order of every transfer syntax written here.
enum LittleEndian {
    static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
