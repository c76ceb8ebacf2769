internal import DICOM

/// The stored values of a decoded frame as codes: the `bitsStored` bits of each pixel cell, moved to the bottom.
///
/// A code is an index into a table over all codes; everything up to polarity is one look-up per pixel.
struct StoredValues: Sendable, Equatable {
    let rows: Int
    let columns: Int
    let bits: Int
    let isSigned: Bool
    let codes: [UInt16]

    /// Reads a frame; `nil` for a pixel format that is not one sample of 8 or 16 bits.
    init?(_ frame: Frame) {
        guard frame.samplesPerPixel == 1, frame.bitsAllocated == 8 || frame.bitsAllocated == 16,
            (1...frame.bitsAllocated).contains(frame.bitsStored),
            (frame.bitsStored - 1..<frame.bitsAllocated).contains(frame.highBit),
            frame.rows > 0, frame.columns > 0,
            frame.pixels.count == frame.rows * frame.columns * (frame.bitsAllocated / 8)
        else { return nil }
        rows = frame.rows
        columns = frame.columns
        bits = frame.bitsStored
        isSigned = frame.isSigned
        codes = Self.codes(frame)
    }

    private init(rows: Int, columns: Int, bits: Int, isSigned: Bool, codes: [UInt16]) {
        self.rows = rows
        self.columns = columns
        self.bits = bits
        self.isSigned = isSigned
        self.codes = codes
    }

    /// Bits above HighBit may hold overlays of old, and bits below the stored ones nothing at all.
    private static func codes(_ frame: Frame) -> [UInt16] {
        let shift = UInt16(frame.highBit + 1 - frame.bitsStored)
        let mask = UInt16((UInt32(1) << UInt32(frame.bitsStored)) - 1)
        let pixels = frame.pixels.span
        return [UInt16](capacity: frame.rows * frame.columns) { codes in
            if frame.bitsAllocated == 8 {
                for index in pixels.indices { codes.append(UInt16(pixels[index]) &>> shift & mask) }
            } else {
                for index in 0..<pixels.count / 2 {
                    let cell = UInt16(pixels[2 &* index]) | UInt16(pixels[2 &* index &+ 1]) &<< 8
                    codes.append(cell &>> shift & mask)
                }
            }
        }
    }

    /// The same picture turned.
    func turned(_ orientation: Orientation) -> StoredValues {
        StoredValues(
            rows: orientation.isTransposed ? columns : rows, columns: orientation.isTransposed ? rows : columns,
            bits: bits, isSigned: isSigned, codes: orientation.turned(codes, rows: rows, columns: columns))
    }

    /// How many codes there are.
    var codeCount: Int { 1 << bits }

    /// The stored value of a code, by PixelRepresentation.
    func value(_ code: Int) -> Int {
        isSigned && code >= 1 << (bits - 1) ? code - codeCount : code
    }
}
