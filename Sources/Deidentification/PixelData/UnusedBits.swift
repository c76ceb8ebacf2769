/// Bits of a sample's cell that hold no part of it can hold an old overlay, or a text (PS3.5 §8.1.2): they become zero,
/// or the sign.
enum UnusedBits {
    static func clear(in bytes: inout [UInt8], _ layout: PixelLayout) {
        clear(in: &bytes, layout, isSigned: layout.isSigned)
    }

    /// Whether those bits of a frame tell nothing: zero in all samples, or the sign in all of them. Which of both may
    /// not change from sample to sample: that could be read.
    static func areSilent(in bytes: [UInt8], _ layout: PixelLayout) -> Bool {
        (layout.isSigned ? [true, false] : [false]).contains { isSigned in
            var cleared = bytes
            clear(in: &cleared, layout, isSigned: isSigned)
            return cleared == bytes
        }
    }

    private static func clear(in bytes: inout [UInt8], _ layout: PixelLayout, isSigned: Bool) {
        guard layout.bitsStored < layout.bitsAllocated else { return }
        switch layout.bitsAllocated {
        case 8: clear(in: &bytes, layout, isSigned, UInt8.self, Int8.self)
        case 16: clear(in: &bytes, layout, isSigned, UInt16.self, Int16.self)
        case 32: clear(in: &bytes, layout, isSigned, UInt32.self, Int32.self)
        case 64: clear(in: &bytes, layout, isSigned, UInt64.self, Int64.self)
        default: break
        }
    }

    /// Two shifts for each sample: the sample's top bit goes to the cell's, and back, arithmetically where it has a
    /// sign; the compiler makes vectors of it.
    @inline(__always)
    private static func clear<Cell: FixedWidthInteger & UnsignedInteger, Signed: FixedWidthInteger & SignedInteger>(
        in bytes: inout [UInt8], _ layout: PixelLayout, _ isSigned: Bool, _: Cell.Type, _: Signed.Type
    ) {
        let above = Cell(Cell.bitWidth - 1 - layout.highBit)
        let below = Cell(layout.highBit + 1 - layout.bitsStored)
        let lows = ~Cell(0) << below
        // Safe: the buffer is the array's own, read and written within its bounds at whole cells.
        unsafe bytes.withUnsafeMutableBytes { raw in
            let count = raw.count / MemoryLayout<Cell>.size
            if isSigned {
                let up = Signed(truncatingIfNeeded: above)
                for index in 0..<count {
                    let offset = index &* MemoryLayout<Cell>.size
                    let value = unsafe Signed(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Signed.self))
                    let clean = ((value &<< up) &>> up) & Signed(truncatingIfNeeded: lows)
                    unsafe raw.storeBytes(of: clean.littleEndian, toByteOffset: offset, as: Signed.self)
                }
            } else {
                let mask = (~Cell(0) >> above) & lows
                for index in 0..<count {
                    let offset = index &* MemoryLayout<Cell>.size
                    let value = unsafe Cell(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Cell.self))
                    unsafe raw.storeBytes(of: (value & mask).littleEndian, toByteOffset: offset, as: Cell.self)
                }
            }
        }
    }
}
