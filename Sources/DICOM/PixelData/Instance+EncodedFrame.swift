extension Instance {
    /// Number of Frames (0028,0008), 1 if absent.
    public var numberOfFrames: Int { max(dataSet.int(.numberOfFrames) ?? 1, 1) }

    /// One frame as stored, by its index from 0. Throws `noPixelData`, `missingPixelAttribute`, `noSuchFrame`,
    /// `pixelDataTooShort`; and `unsupportedTransferSyntax` where fragments cannot be assigned to frames.
    public func encodedFrame(_ index: Int = 0) throws(DICOMError) -> EncodedFrame {
        guard let pixelData, let stored = transferSyntax else { throw DICOMError(.noPixelData, tag: .pixelData) }
        guard (0..<numberOfFrames).contains(index) else { throw DICOMError(.noSuchFrame, tag: .numberOfFrames) }
        let bitsAllocated = try attribute(.bitsAllocated)
        var frame = EncodedFrame(
            // Native pixels were put into little endian when they were read.
            transferSyntax: stored.isEncapsulated ? stored : .explicitVRLittleEndian,
            rows: try attribute(.rows), columns: try attribute(.columns),
            samplesPerPixel: try attribute(.samplesPerPixel), bitsAllocated: bitsAllocated,
            bitsStored: try attribute(.bitsStored), highBit: try attribute(.highBit),
            isSigned: try attribute(.pixelRepresentation) == 1,
            photometricInterpretation: dataSet.string(.photometricInterpretation) ?? "",
            isPlanar: dataSet.int(.planarConfiguration) == 1, fragments: [])
        try PixelInvariants.check(frame)
        frame.fragments =
            switch pixelData {
            case .native(let bytes): [try nativeFrame(index, bits: PixelInvariants.storedBitCount(frame), in: bytes)]
            case .encapsulated(let offsets, let fragments): try self.fragments(index, of: fragments, offsets)
            }
        return frame
    }

    private func attribute(_ tag: Tag) throws(DICOMError) -> Int {
        guard let value = dataSet.int(tag) else { throw DICOMError(.missingPixelAttribute, tag: tag) }
        return value
    }

    private func nativeFrame(_ index: Int, bits: Int, in bytes: [UInt8]) throws(DICOMError) -> [UInt8] {
        // By division: the product of a hostile number of frames might overflow.
        guard bits > 0, index < bytes.count * 8 / bits else { throw DICOMError(.pixelDataTooShort, tag: .pixelData) }
        let start = index * bits
        let end = (start + bits + 7) / 8
        let cut = Array(bytes[(start / 8)..<end])
        guard start % 8 != 0 else { return cut }
        // A frame of single bits that begins within a byte.
        let shift = UInt8(start % 8)
        return cut.indices.prefix((bits + 7) / 8).map { place in
            let next = place + 1 < cut.count ? cut[place + 1] : 0
            return cut[place] >> shift | next << (8 - shift)
        }
    }

    /// The fragments of one frame (PS3.5 §A.4): all of a single frame, one each, or by the Basic Offset Table.
    private func fragments(_ index: Int, of fragments: [[UInt8]], _ offsets: [UInt8]) throws(DICOMError) -> [[UInt8]] {
        guard !fragments.isEmpty else { throw DICOMError(.pixelDataTooShort, tag: .pixelData) }
        if numberOfFrames == 1 { return fragments }
        if numberOfFrames == fragments.count { return [fragments[index]] }
        let starts = stride(from: 0, to: offsets.count - offsets.count % 4, by: 4).map { start in
            (0..<4).reduce(0) { $0 | Int(offsets[start + $1]) << (8 * $1) }
        }
        guard starts.count == numberOfFrames else {
            throw DICOMError(.unsupportedTransferSyntax, tag: .pixelData)
        }
        var position = 0
        var result: [[UInt8]] = []
        for fragment in fragments {
            let isWithin = position >= starts[index] && (index + 1 == starts.count || position < starts[index + 1])
            if isWithin { result.append(fragment) }
            position += fragment.count + 8
        }
        guard !result.isEmpty else { throw DICOMError(.pixelDataTooShort, tag: .pixelData) }
        return result
    }
}
