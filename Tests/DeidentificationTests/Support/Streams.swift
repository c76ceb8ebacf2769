/// Small compressed streams, put together by hand.
enum Streams {
    static let secret = Array("CANARY^JANE 4711".utf8)

    /// A marker segment (FFxx) with its length.
    static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 0xFF)] + content
    }

    static func bigEndian(_ number: Int, _ count: Int = 4) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    // MARK: JPEG and JPEG-LS

    /// SOF of components 1, 2, …, each of sampling factors 1 but the first of `sampling`.
    static func frame(
        _ marker: UInt8, lines: Int, samples: Int, components: Int = 1, precision: UInt8 = 8, sampling: UInt8 = 0x11
    ) -> [UInt8] {
        var content: [UInt8] = [precision]
        content += bigEndian(lines, 2)
        content += bigEndian(samples, 2)
        content.append(UInt8(components))
        for component in 0..<components { content += [UInt8(component + 1), component == 0 ? sampling : 0x11, 0] }
        return segment(marker, content)
    }

    /// SOS of some components, and its data.
    static func scan(
        _ components: [UInt8], _ selection: [UInt8] = [0, 63, 0], data: [UInt8] = [0x12, 0x34]
    ) -> [UInt8] {
        var content: [UInt8] = [UInt8(components.count)]
        for component in components { content += [component, 0] }
        return segment(0xDA, content + selection) + data
    }

    /// From the start of the image to its end, padded.
    static func jpeg(_ parts: [UInt8]...) -> [UInt8] {
        var stream: [UInt8] = [0xFF, 0xD8]
        for part in parts { stream += part }
        stream += [0xFF, 0xD9]
        return stream + [UInt8](repeating: 0, count: stream.count % 2)
    }

    // MARK: JPEG 2000

    /// SIZ of one tile, unless `tile` is another size than the image.
    static func size(
        rows: Int, columns: Int, left: Int = 0, top: Int = 0, tile: Int? = nil, components: Int = 1, depth: UInt8 = 7,
        chroma: UInt8 = 1
    ) -> [UInt8] {
        var content = [UInt8](repeating: 0, count: 2)
        for number in [columns + left, rows + top, left, top, tile ?? (columns + left), tile ?? (rows + top), 0, 0] {
            content += bigEndian(number)
        }
        content += bigEndian(components, 2)
        for component in 0..<components { content += [depth, component == 0 ? 1 : chroma, 1] }
        return segment(0x51, content)
    }

    /// COD of one decomposition and QCD.
    static let coding = segment(0x52, [0, 0, 0, 1, 0, 1, 1, 1, 0, 0]) + segment(0x5C, [0x40, 0x40])

    static let packets: [UInt8] = [1, 2, 3, 4]

    static func tilePart(
        _ tile: Int = 0, part: UInt8 = 0, of count: UInt8 = 1, header: [UInt8] = [], packets: [UInt8] = Streams.packets,
        isLengthStated: Bool = true
    ) -> [UInt8] {
        let length = 14 + header.count + packets.count
        var start = bigEndian(tile, 2)
        start += bigEndian(isLengthStated ? length : 0)
        start += [part, count]
        var bytes = segment(0x90, start)
        bytes += header
        bytes += [0xFF, 0x93]
        return bytes + packets
    }

    /// From the start of the codestream to its end, padded.
    static func codestream(
        size: [UInt8], main: [UInt8] = [], coding: [UInt8] = Streams.coding, parts: [UInt8]? = nil
    ) -> [UInt8] {
        var stream: [UInt8] = [0xFF, 0x4F]
        for piece in [size, coding, main, parts ?? tilePart()] { stream += piece }
        stream += [0xFF, 0xD9]
        return stream + [UInt8](repeating: 0, count: stream.count % 2)
    }
}
