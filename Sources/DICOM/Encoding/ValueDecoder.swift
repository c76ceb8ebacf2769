/// The bytes of one value field → `DataElement.Value` (PS3.5 §6.2, §6.4).
enum ValueDecoder {
    static func decode(_ bytes: [UInt8], vr: VR, bigEndian: Bool, _ characters: SpecificCharacterSet)
        -> DataElement.Value
    {
        switch vr.kind {
        case .ascii: text(bytes, vr, isASCII(bytes) ? String(decoding: bytes, as: UTF8.self) : nil)
        case .text: text(bytes, vr, characters.decode(bytes, vr: vr))
        case .integers(let width, let signed): integers(bytes, width, signed, bigEndian)
        case .floats(let width): floats(bytes, width, bigEndian)
        case .tags: tags(bytes, bigEndian)
        case .bytes(let width): .bytes(swapped(bytes, width, bigEndian))
        case .sequence: .bytes(bytes)
        }
    }

    private static func text(_ bytes: [UInt8], _ vr: VR, _ decoded: String?) -> DataElement.Value {
        guard let decoded else { return .undecodedText(bytes) }
        guard !decoded.isEmpty else { return .text([]) }
        guard vr.isMultiValued else {
            let trimmed = decoded.trimmed(leading: false)
            return .text(trimmed.isEmpty ? [] : [trimmed])
        }
        let values = decoded.split(separator: "\\", omittingEmptySubsequences: false).map {
            String($0).trimmed(leading: vr != .PN)
        }
        return .text(values == [""] ? [] : values)
    }

    private static func isASCII(_ bytes: [UInt8]) -> Bool { bytes.allSatisfy { $0 < 0x80 } }

    private static func integers(_ bytes: [UInt8], _ width: Int, _ signed: Bool, _ big: Bool) -> DataElement.Value {
        guard bytes.count % width == 0 else { return .bytes(bytes) }
        var values: [Int64] = []
        values.reserveCapacity(bytes.count / width)
        for start in stride(from: 0, to: bytes.count, by: width) {
            let raw = word(bytes, start, width, big)
            if !signed, raw > UInt64(Int64.max) { return .bytes(swapped(bytes, width, big)) }
            let shift = UInt64(64 - 8 * width)
            values.append(signed ? Int64(bitPattern: raw << shift) >> Int64(shift) : Int64(raw))
        }
        return .integers(values)
    }

    private static func floats(_ bytes: [UInt8], _ width: Int, _ big: Bool) -> DataElement.Value {
        guard bytes.count % width == 0 else { return .bytes(bytes) }
        return .numbers(
            stride(from: 0, to: bytes.count, by: width).map { start in
                let raw = word(bytes, start, width, big)
                return width == 4 ? Double(Float(bitPattern: UInt32(raw))) : Double(bitPattern: raw)
            })
    }

    private static func tags(_ bytes: [UInt8], _ big: Bool) -> DataElement.Value {
        guard bytes.count % 4 == 0 else { return .bytes(bytes) }
        return .tags(
            stride(from: 0, to: bytes.count, by: 4).map { start in
                Tag(UInt16(word(bytes, start, 2, big)), UInt16(word(bytes, start + 2, 2, big)))
            })
    }

    private static func word(_ bytes: [UInt8], _ start: Int, _ width: Int, _ big: Bool) -> UInt64 {
        (0..<width).reduce(0) { word, offset in
            word << 8 | UInt64(bytes[start + (big ? offset : width - 1 - offset)])
        }
    }

    /// Words in little endian; a last part of a word stays as it is.
    static func swapped(_ bytes: [UInt8], _ width: Int, _ big: Bool) -> [UInt8] {
        guard big, width > 1 else { return bytes }
        var result = bytes
        var start = 0
        while start + width <= result.count {
            result[start..<(start + width)].reverse()
            start += width
        }
        return result
    }
}

extension String {
    /// Without the padding of PS3.5 §6.2: spaces and NULs, in front only where `leading` says that they mean nothing.
    func trimmed(leading: Bool) -> String {
        func isPadding(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\0" }
        var scalars = unicodeScalars[...]
        while let last = scalars.last, isPadding(last) { scalars.removeLast() }
        while leading, let first = scalars.first, isPadding(first) { scalars.removeFirst() }
        return String(scalars)
    }
}
