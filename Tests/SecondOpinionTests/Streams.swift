/// Codestreams of random entropy-coded data, in which bytes can be put at places of one's choice.
enum Streams {
    enum Place: String, CaseIterable {
        case comment, application, unusedTable, behindTheEnd, betweenScans, entropy
        case comment2000, commentOfTile, box, behindTheEnd2000, tileData
        case headerOfRLE, offsetTable
    }

    static func random(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            let bits = generator.next()
            for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * index))) }
        }
        return Array(bytes.prefix(count))
    }

    /// No markers in it.
    static func entropy(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        random(count, &generator).map { $0 == 0xFF ? 0xFE : $0 }
    }

    private static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0xFF, marker, UInt8((payload.count + 2) >> 8), UInt8((payload.count + 2) & 255)] + payload
    }

    private static func box(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        let count = payload.count + 8
        return [0, 0, UInt8(count >> 8), UInt8(count & 255)] + Array(type.utf8) + payload
    }

    /// JPEG with `planted` at a place.
    static func jpeg(
        _ planted: [UInt8] = [], _ place: Place = .comment, size: Int = 9000, _ generator: inout SeededGenerator
    ) -> [UInt8] {
        func at(_ other: Place, _ bytes: [UInt8]) -> [UInt8] { place == other && !planted.isEmpty ? bytes : [] }
        let table = Array<UInt8>(1...64)
        // As in ITU-T T.81 Table K.5, the order of whose values is a row of ASCII characters.
        let codes: [UInt8] = Array(
            "\"q\u{14}2$3br\u{82}\t\n\u{16}\u{17}\u{18}\u{19}\u{1A}%&'()*456789:CDEFGHIJSTUVWXYZcdefghijstuvwxyz".utf8)
        var result: [UInt8] = [0xFF, 0xD8]
        result += at(.application, segment(0xE9, Array("ACME\0".utf8) + planted))
        result +=
            segment(0xDB, [0] + table) + at(.unusedTable, segment(0xDB, [3] + planted + table.dropFirst(planted.count)))
        result += at(.comment, segment(0xFE, planted))
        result += segment(0xC4, [0x10] + (0..<16).map { UInt8($0) } + codes)
        result += segment(0xC0, [8, 2, 0, 2, 0, 1, 1, 0x11, 0])
        result += segment(0xDA, [1, 1, 0, 0, 63, 0]) + entropy(size, &generator)
        result += at(.betweenScans, segment(0xFE, planted)) + [0xFF, 0xD3]
        result += entropy(size, &generator) + at(.entropy, planted) + entropy(size, &generator)
        return result + [0xFF, 0xD9] + at(.behindTheEnd, planted + [0])
    }

    /// JPEG of one scan with these bytes for its entropy-coded data.
    static func jpeg(scan: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0xFF, 0xD8]
        result += segment(0xDB, [0] + Array<UInt8>(1...64)) + segment(0xC0, [8, 2, 0, 2, 0, 1, 1, 0x11, 0])
        result += segment(0xDA, [1, 1, 0, 0, 63, 0]) + scan.map { $0 == 0xFF ? 0xFE : $0 }
        return result + [0xFF, 0xD9] + [UInt8](repeating: 0, count: scan.count % 2)
    }

    /// JPEG 2000 with two tile-parts, in boxes where something is planted into one.
    static func jpeg2000(
        _ planted: [UInt8] = [], _ place: Place = .comment2000, size: Int = 9000, _ generator: inout SeededGenerator
    ) -> [UInt8] {
        func at(_ other: Place, _ bytes: [UInt8]) -> [UInt8] { place == other && !planted.isEmpty ? bytes : [] }
        var stream: [UInt8] = [0xFF, 0x4F] + segment(0x51, [UInt8](repeating: 0, count: 36))
        stream += segment(0x52, [0, 0, 0, 1, 0, 5, 4, 4, 0, 1]) + segment(0x5C, [0x40, 0x48, 0x48, 0x50])
        stream += at(.comment2000, segment(0x64, [0, 1] + planted))
        for part in 0..<2 {
            let header = part == 1 ? at(.commentOfTile, segment(0x64, [0, 1] + planted)) : []
            let data = entropy(size, &generator) + (part == 1 ? at(.tileData, planted) : []) + entropy(size, &generator)
            let length = 12 + header.count + 2 + data.count
            stream += segment(0x90, [0, 0, 0, 0, UInt8(length >> 8), UInt8(length & 255), UInt8(part), 2])
            stream += header + [0xFF, 0x93] + data
        }
        stream += [0xFF, 0xD9] + at(.behindTheEnd2000, planted + [0])
        guard place == .box else { return stream }
        let signature: [UInt8] = [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A]
        return signature + box("ftyp", Array("jp2 ".utf8)) + box("xml ", planted) + [0, 0, 0, 0] + Array("jp2c".utf8)
            + stream
    }

    /// A file whose pixel data is one stream with `planted` at a place.
    static func file(
        _ planted: [UInt8], at place: Place, size: Int = 9000, _ generator: inout SeededGenerator
    ) -> [UInt8] {
        let stream: [UInt8]
        var offsets: [UInt8] = []
        var syntax = "1.2.840.10008.1.2.4.50"
        switch place {
        case .comment, .application, .unusedTable, .behindTheEnd, .betweenScans, .entropy:
            stream = jpeg(planted, place, size: size, &generator)
        case .comment2000, .commentOfTile, .box, .behindTheEnd2000, .tileData:
            syntax = "1.2.840.10008.1.2.4.90"
            stream = jpeg2000(planted, place, size: size, &generator)
        case .headerOfRLE:
            syntax = "1.2.840.10008.1.2.5"
            let header: [UInt8] = [1, 0, 0, 0, 64, 0, 0, 0] + planted
            stream = header + [UInt8](repeating: 0, count: 64 - header.count) + random(size, &generator)
        case .offsetTable:
            offsets = [0, 0, 0, 0] + planted
            stream = jpeg(size: size, &generator)
        }
        return file([stream], offsets: offsets, syntax: syntax)
    }

    static func file(_ fragments: [[UInt8]], offsets: [UInt8] = [], syntax: String) -> [UInt8] {
        func item(_ bytes: [UInt8]) -> [UInt8] {
            let count = bytes.count + bytes.count % 2
            let length = (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
            return [0xFE, 0xFF, 0, 0xE0] + length + bytes + [UInt8](repeating: 0, count: bytes.count % 2)
        }
        var bytes = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
        bytes += WrittenFile.write(.init(0x0002_0010, "UI", syntax), .explicit)
        bytes += [0xE0, 0x7F, 0x10, 0, 0x4F, 0x42, 0, 0, 255, 255, 255, 255] + item(offsets)
        for fragment in fragments { bytes += item(fragment) }
        return bytes + [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
    }
}
