internal import FHIR

/// Parameters as they stand in URLs and forms (`application/x-www-form-urlencoded`).
enum FormCoding {
    typealias Parameter = (name: String, value: String)

    private static let mostParameters = 200

    /// Nil when an escape or the UTF-8 in it is wrong, or there are too many.
    static func parse(_ text: String) -> [Parameter]? {
        let pairs = text.utf8.split(separator: 0x26)
        guard pairs.count <= mostParameters else { return nil }
        var result: [Parameter] = []
        for pair in pairs {
            let parts = pair.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(parts[0]), let value = parts.count > 1 ? decode(parts[1]) : "" else { return nil }
            result.append((name, value))
        }
        return result
    }

    static func serialize(_ parameters: [Parameter]) -> String {
        parameters.map { percentEncoded($0.name) + "=" + percentEncoded($0.value) }.joined(separator: "&")
    }

    /// `%41` becomes `A`; `+` becomes a blank unless it stands in a path.
    static func decode(_ bytes: some Sequence<UInt8>, plusIsBlank: Bool = true) -> String? {
        var result: [UInt8] = []
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case 0x25:
                guard let high = iterator.next().flatMap(hex), let low = iterator.next().flatMap(hex) else {
                    return nil
                }
                result.append(high << 4 | low)
            case 0x2B where plusIsBlank: result.append(0x20)
            default: result.append(byte)
            }
        }
        return String(validating: result, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
