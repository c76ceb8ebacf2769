/// Image and tile size (SIZ, ISO 15444-1 §A.5.1).
struct JPEG2000Size: Hashable {
    let rows: Int
    let columns: Int
    let components: Int
    /// Bits of a sample, of the component that has most.
    let precision: Int
    /// Tiles that the image has; one of a higher index would be no part of it.
    let tiles: Int

    /// Nil where the segment is not as long as it says, contradicts itself, or has components of fewer samples than
    /// pixels, which are only known of colours (half as many in a direction).
    /// - Parameter segment: from the marker on.
    init?(_ segment: ArraySlice<UInt8>) {
        let bytes = Array(segment)
        guard bytes.uint16(at: 0) == 0xFF51, let length = bytes.uint16(at: 2), let right = bytes.uint32(at: 6),
            let bottom = bytes.uint32(at: 10), let left = bytes.uint32(at: 14), let top = bytes.uint32(at: 18),
            let width = bytes.uint32(at: 22), let height = bytes.uint32(at: 26), let tileLeft = bytes.uint32(at: 30),
            let tileTop = bytes.uint32(at: 34), let count = bytes.uint16(at: 38), count > 0,
            length == 38 + 3 * count, bytes.count == length + 2, left < right, top < bottom, width > 0, height > 0,
            tileLeft <= left, tileTop <= top, tileLeft + width > left, tileTop + height > top
        else { return nil }
        (columns, rows, components) = (right - left, bottom - top, count)
        var most = 0
        for component in 0..<count {
            let at = 40 + 3 * component
            let steps = component == 1 || component == 2 ? 1...2 : 1...1
            guard steps.contains(Int(bytes[at + 1])), steps.contains(Int(bytes[at + 2])) else { return nil }
            most = max(most, Int(bytes[at] & 0x7F) + 1)
        }
        precision = most
        let (across, down) = ((right - tileLeft - 1) / width + 1, (bottom - tileTop - 1) / height + 1)
        guard across <= 65_535, down <= 65_535, across * down <= 65_535 else { return nil }
        tiles = across * down
    }
}
