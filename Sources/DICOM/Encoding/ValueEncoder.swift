/// `DataElement.Value` → the bytes of the value field, padded to even length (PS3.5 §6.2).
enum ValueEncoder {
    static func encode(_ element: DataElement) throws(DICOMError) -> [UInt8] {
        var bytes: [UInt8]
        switch element.value {
        case .text(let values): bytes = try text(values, element)
        case .undecodedText: throw DICOMError(.undecodedText, tag: element.tag)
        case .integers(let values): bytes = try integers(values, element)
        case .numbers(let values): bytes = try numbers(values, element)
        case .tags(let tags):
            guard element.vr == .AT else { throw DICOMError(.valueDoesNotFitVR, tag: element.tag) }
            bytes = []
            for tag in tags {
                LittleEndian.append(tag.group, to: &bytes)
                LittleEndian.append(tag.element, to: &bytes)
            }
        case .bytes(let value): bytes = value
        case .sequence(let items): bytes = try sequence(items, element)
        case .pixelFragments: throw DICOMError(.valueDoesNotFitVR, tag: element.tag)
        }
        if bytes.count % 2 == 1 { bytes.append(element.vr.isCharacterString && element.vr != .UI ? 0x20 : 0) }
        return bytes
    }

    private static func text(_ values: [String], _ element: DataElement) throws(DICOMError) -> [UInt8] {
        let vr = element.vr
        let fits =
            switch vr.kind {
            case .ascii: values.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
            case .text: true
            default: false
            }
        // A delimiter inside a value would make two of it.
        let single = vr.isMultiValued ? !values.contains { $0.utf8.contains(0x5C) } : values.count <= 1
        guard fits, single else { throw DICOMError(.valueDoesNotFitVR, tag: element.tag) }
        return Array(values.joined(separator: "\\").utf8)
    }

    private static func integers(_ values: [Int64], _ element: DataElement) throws(DICOMError) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values {
            let fits = append(value, element.vr, to: &bytes)
            guard fits else { throw DICOMError(.valueDoesNotFitVR, tag: element.tag) }
        }
        return bytes
    }

    private static func append(_ value: Int64, _ vr: VR, to bytes: inout [UInt8]) -> Bool {
        func append(_ exact: (some FixedWidthInteger)?) -> Bool {
            guard let exact else { return false }
            LittleEndian.append(exact, to: &bytes)
            return true
        }
        return switch vr {
        case .US: append(UInt16(exactly: value))
        case .SS: append(Int16(exactly: value))
        case .UL: append(UInt32(exactly: value))
        case .SL: append(Int32(exactly: value))
        case .UV: append(UInt64(exactly: value))
        case .SV: append(value)
        default: false
        }
    }

    private static func numbers(_ values: [Double], _ element: DataElement) throws(DICOMError) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values {
            switch element.vr {
            case .FL: LittleEndian.append(Float(value).bitPattern, to: &bytes)
            case .FD: LittleEndian.append(value.bitPattern, to: &bytes)
            default: throw DICOMError(.valueDoesNotFitVR, tag: element.tag)
            }
        }
        return bytes
    }

    private static func sequence(_ items: [DataSet], _ element: DataElement) throws(DICOMError) -> [UInt8] {
        guard element.vr == .SQ else { throw DICOMError(.valueDoesNotFitVR, tag: element.tag) }
        var bytes: [UInt8] = []
        for item in items {
            var writer = DataSetWriter()
            try writer.write(item)
            LittleEndian.append(ElementHeader.item.group, to: &bytes)
            LittleEndian.append(ElementHeader.item.element, to: &bytes)
            guard let length = UInt32(exactly: writer.bytes.count), length < .max else {
                throw DICOMError(.valueDoesNotFitVR, tag: element.tag)
            }
            LittleEndian.append(length, to: &bytes)
            bytes.append(contentsOf: writer.bytes)
        }
        return bytes
    }
}
