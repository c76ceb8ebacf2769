/// A small DX image as a DICOM Part 10 file in Explicit VR Little Endian, written by hand so that the adapter's tests
/// depend on no DICOM library. Its pixels hold line ends and hyphens, to tempt a multipart reader.
struct TestFile {
    let instance: String
    let bytes: [UInt8]

    init(study: String, series: String, number: Int, accession: String = "ACC1") {
        instance = "\(series).\(number)"
        let sopClass = "1.2.840.10008.5.1.4.1.1.1.1"
        let meta =
            Self.element(0x0002, 0x0001, "OB", [0, 1]) + Self.element(0x0002, 0x0002, "UI", sopClass)
            + Self.element(0x0002, 0x0003, "UI", instance)
            + Self.element(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1")
            + Self.element(0x0002, 0x0012, "UI", "1.2.3.4")
        let dataSet =
            Self.element(0x0008, 0x0016, "UI", sopClass) + Self.element(0x0008, 0x0018, "UI", instance)
            + Self.element(0x0008, 0x0020, "DA", "20260301") + Self.element(0x0008, 0x0050, "SH", accession)
            + Self.element(0x0008, 0x0060, "CS", "DX") + Self.element(0x0010, 0x0010, "PN", "TEST^PATIENT")
            + Self.element(0x0010, 0x0020, "LO", "4711") + Self.element(0x0010, 0x0021, "LO", "HOSP")
            + Self.element(0x0020, 0x000D, "UI", study) + Self.element(0x0020, 0x000E, "UI", series)
            + Self.element(0x0020, 0x0013, "IS", String(number)) + Self.image()
        bytes =
            [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
            + Self.element(0x0002, 0x0000, "UL", Self.littleEndian(UInt32(meta.count))) + meta + dataSet
    }

    private static func image() -> [UInt8] {
        let pattern = Array("\r\n--\r\n".utf8) + [0, 0xFF]
        let pixels = (0..<128 * 128).map { pattern[$0 % pattern.count] }
        let short = { (value: UInt16) in littleEndian(value) }
        return element(0x0028, 0x0002, "US", short(1)) + element(0x0028, 0x0004, "CS", "MONOCHROME2")
            + element(0x0028, 0x0010, "US", short(128)) + element(0x0028, 0x0011, "US", short(128))
            + element(0x0028, 0x0100, "US", short(8)) + element(0x0028, 0x0101, "US", short(8))
            + element(0x0028, 0x0102, "US", short(7)) + element(0x0028, 0x0103, "US", short(0))
            + element(0x7FE0, 0x0010, "OW", pixels)
    }

    private static func element(_ group: UInt16, _ number: UInt16, _ vr: String, _ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        let padding: UInt8 = vr == "UI" ? 0 : 0x20
        return element(group, number, vr, bytes.count % 2 == 0 ? bytes : bytes + [padding])
    }

    private static func element(_ group: UInt16, _ number: UInt16, _ vr: String, _ value: [UInt8]) -> [UInt8] {
        let isLong = vr == "OB" || vr == "OW"
        let length = isLong ? [0, 0] + littleEndian(UInt32(value.count)) : littleEndian(UInt16(value.count))
        return littleEndian(group) + littleEndian(number) + Array(vr.utf8) + length + value
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<(type(of: value).bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
