public import DICOM

/// Compressed streams that have more bits of a sample than Bits Stored (0028,0101): an old overlay or a text can stand in
/// the others (PS3.5 §8.1.2), as in native pixels. Many devices write 16 bits for 12 and leave the others zero: only what
/// really has something there becomes native.
extension FrameCleaner {
    /// Whether the header leaves bits of a compressed sample's cell unused.
    public var hasUnusedBits: Bool { way == .stripped && layout.bitsStored < layout.bitsAllocated }

    /// Whether a frame's bits must be looked at, which `holdsMore` does: the stream has more than Bits Stored, and not
    /// even without a decoder it is known that they tell nothing.
    /// - Parameter stream: what `clean(stream:)` answered.
    /// - Throws: `pixelDataNotCleanable` for a stream that does not say how many bits it has.
    public func mayHoldMore(stream bytes: [UInt8]) throws(DeidentificationError) -> Bool {
        guard let stream, hasUnusedBits else { return false }
        guard let precision = stream.precision(of: bytes, layout) else {
            throw DeidentificationError(.pixelDataNotCleanable, tag: .pixelData)
        }
        guard precision > layout.bitsStored else { return false }
        guard stream == .runLength, layout.decodedLength / layout.frames <= Self.mostBytes else { return true }
        return !isSilent(RunLengthStream.cells(bytes, layout))
    }

    /// Whether a frame has something in the bits above or below its samples; if so, all frames must be decoded
    /// (`RewrittenInstance.decoding`).
    /// - Parameters:
    ///   - frame: its only fragment is what `clean(stream:)` answered, and `mayHoldMore`.
    ///   - decoder: without one, or where it cannot decode the frame, nobody knows.
    /// - Throws: `pixelDataNotCleanable` with (0028,0101) where nobody knows.
    public func holdsMore(
        _ frame: EncodedFrame, decoder: (any FrameDecoder)?
    ) throws(DeidentificationError) -> Bool {
        guard let decoder, let whole = try? decoder.decode(withAllBits(frame)) else {
            throw DeidentificationError(.pixelDataNotCleanable, tag: .bitsStored)
        }
        return !isSilent(whole.pixels)
    }

    /// A frame decoded, without anything in the bits that are no part of its samples.
    public func decoded(_ frame: EncodedFrame, by decoder: any FrameDecoder) throws(DICOMError) -> Frame {
        let all = withAllBits(frame)
        let whole = try decoder.decode(all)
        guard all.bitsStored != frame.bitsStored else { return whole }
        var pixels = whole.pixels
        clean(native: &pixels)
        guard
            let result = Frame(
                rows: whole.rows, columns: whole.columns, samplesPerPixel: whole.samplesPerPixel,
                bitsAllocated: whole.bitsAllocated, bitsStored: frame.bitsStored, highBit: frame.highBit,
                isSigned: whole.isSigned, photometricInterpretation: whole.photometricInterpretation, pixels: pixels)
        else { throw DICOMError(.decodeFailed, tag: .pixelData) }
        return result
    }

    /// A decoded frame as it is written: unused bits cleared, single bits packed, the lowest bit of a byte first.
    /// - Throws: `pixelDataNotCleanable` with the tag of what is not as the header says, and for one of several frames of
    ///   single bits that do not fill their last byte.
    public func native(_ frame: Frame) throws(DeidentificationError) -> [UInt8] {
        let conditions: [(Tag, Bool)] = [
            (.rows, frame.rows == layout.rows), (.columns, frame.columns == layout.columns),
            (.samplesPerPixel, frame.samplesPerPixel == layout.samplesPerPixel),
            (.bitsAllocated, frame.bitsAllocated == layout.bitsAllocated),
            (.bitsStored, frame.bitsStored == layout.bitsStored), (.highBit, frame.highBit == layout.highBit),
        ]
        for (tag, holds) in conditions where !holds { throw DeidentificationError(.pixelDataNotCleanable, tag: tag) }
        guard frameLength > 0 else { throw DeidentificationError(.pixelDataNotCleanable, tag: .bitsAllocated) }
        var pixels = frame.storedPixels
        clean(native: &pixels)
        return pixels
    }

    /// A decoded frame that is looked at without a decoder, as large as decoders take it.
    private static var mostBytes: Int { 256 << 20 }

    private func isSilent(_ cells: [UInt8]) -> Bool { !cells.isEmpty && UnusedBits.areSilent(in: cells, layout) }

    /// The frame for a decoder that is to keep all bits of the stream.
    private func withAllBits(_ frame: EncodedFrame) -> EncodedFrame {
        var frame = frame
        let joined = frame.fragments.count == 1 ? frame.fragments[0] : Array(frame.fragments.joined())
        if let precision = stream?.precision(of: joined, layout), precision > frame.bitsStored {
            frame.bitsStored = precision
            frame.highBit = max(frame.highBit, precision - 1)
        }
        return frame
    }
}

extension RewrittenInstance {
    /// The same for frames that are decoded and written as native pixels, colour by pixel. Whoever has no decoded header
    /// yet sets Photometric Interpretation (0028,0004) to what the decoder answers.
    public func decoding(_ decoded: DataSet? = nil) -> RewrittenInstance {
        guard var cleaner = pixels else { return self }
        cleaner.way = .decoded
        var (dataSet, fileMeta) = (dataSet, fileMeta)
        if dataSet[.planarConfiguration] != nil { dataSet.set(.planarConfiguration, .US, 0) }
        if let photometric = decoded?[.photometricInterpretation] { dataSet[.photometricInterpretation] = photometric }
        fileMeta.set(.transferSyntaxUID, TransferSyntax.explicitVRLittleEndian.uid)
        return RewrittenInstance(dataSet: dataSet, fileMeta: fileMeta, pixels: cleaner, plan: plan)
    }
}
