internal import DICOM

extension GreyPicture {
    /// The pictures of a frame in which text is looked for: as it would be seen with its whole range of values, colours
    /// as their luminance; and where nearly all of it lies on few grey levels then, because single pixels, padding or
    /// metal lie far off, once more with levels by how often a value occurs.
    static func all(of frame: Frame) -> [GreyPicture] {
        let values = values(of: frame)
        let linear = stretched(values)
        return [linear, evened(values, linear: linear)].compactMap(\.self).map {
            GreyPicture(width: frame.columns, height: frame.rows, pixels: $0)
        }
    }

    private static func values(of frame: Frame) -> [Int32] {
        let count = frame.rows * frame.columns
        let samples = frame.samplesPerPixel
        var values = [Int32](repeating: 0, count: count)
        for index in 0..<count {
            values[index] =
                samples == 1
                ? Int32(truncatingIfNeeded: frame.storedValue(at: index))
                : Self.luminance(frame, at: 3 * index)
        }
        return values
    }

    private static func luminance(_ frame: Frame, at start: Int) -> Int32 {
        // The first sample of the YBR family is the luminance (PS3.3 C.7.6.3.1.2).
        if frame.photometricInterpretation.hasPrefix("YBR_") {
            return Int32(truncatingIfNeeded: frame.storedValue(at: start))
        }
        let red = frame.storedValue(at: start)
        let green = frame.storedValue(at: start + 1)
        let blue = frame.storedValue(at: start + 2)
        return Int32(truncatingIfNeeded: (299 * red + 587 * green + 114 * blue) / 1000)
    }

    /// Linear over the range of values.
    private static func stretched(_ values: [Int32]) -> [UInt8] {
        guard let low = values.min(), let high = values.max(), high > low else {
            return [UInt8](repeating: 0, count: values.count)
        }
        let scale = 255 / (Double(high) - Double(low))
        return values.map { UInt8(clamping: Int((Double($0) - Double(low)) * scale + 0.5)) }
    }

    /// Steps of four grey levels, of 64, that more than one pixel of 10,000 uses in a picture that needs no other.
    private static let enoughSteps = 32
    /// Grey levels by which the other picture must differ somewhere.
    private static let difference = 16.0

    /// Each value takes room by the square root of the number of its pixels: a far value without others beside it takes
    /// next to none, and values that many pixels have do not take it all, as they would in an equalised histogram. Nil
    /// where the linear picture needs no other.
    private static func evened(_ values: [Int32], linear: [UInt8]) -> [UInt8]? {
        var used = [Int](repeating: 0, count: 64)
        for level in linear { used[Int(level / 4)] += 1 }
        guard used.count(where: { $0 > values.count / 10_000 }) < enoughSteps else { return nil }
        let sorted = values.sorted()
        guard let low = sorted.first, let high = sorted.last, high > low else { return nil }
        var occupied: [Int32] = []
        var room: [Double] = []
        var start = 0
        for index in 1...sorted.count where index == sorted.count || sorted[index] != sorted[start] {
            occupied.append(sorted[start])
            room.append(Double(index - start).squareRoot() + (room.last ?? 0))
            start = index
        }
        let scale = 255 / (room[room.count - 1] - room[0])
        let levels = room.map { ($0 - room[0]) * scale }
        let linearScale = 255 / (Double(high) - Double(low))
        let isOther = zip(occupied, levels).contains {
            abs($1 - (Double($0) - Double(low)) * linearScale) >= difference
        }
        guard isOther else { return nil }
        return values.map { value in
            var (first, last) = (0, occupied.count - 1)
            while first < last {
                let middle = (first + last) / 2
                if occupied[middle] < value { first = middle + 1 } else { last = middle }
            }
            return UInt8(clamping: Int(levels[first] + 0.5))
        }
    }
}
