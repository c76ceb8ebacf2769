internal import DICOM

/// Removes from the pixel data of one instance what is no pixel (PS3.15 §E.3.1): `FrameCleaner` for what is in memory.
enum PixelCleaner {
    /// The instance under its own header with clean pixels, native ones where its streams have something in bits that are
    /// no part of a sample. Throws `pixelDataNotCleanable`.
    static func clean(
        _ instance: Instance, index: Int, decoder: (any FrameDecoder)?
    ) throws(DeidentificationError) -> Instance {
        guard let pixelData = instance.pixelData else { return instance }
        guard let syntax = instance.transferSyntax else {
            throw DeidentificationError(.pixelDataNotCleanable, instance: index, tag: .transferSyntaxUID)
        }
        var result = instance
        do {
            let cleaner = try FrameCleaner(header: instance.dataSet, transferSyntax: syntax)
            let cleaned = try cleaner.clean(pixelData)
            result.pixelData = cleaned
            guard case .encapsulated(_, let streams) = cleaned, try holdsMore(streams, of: result, cleaner, decoder)
            else { return result }
            return try decoded(streams, of: result, cleaner, decoder)
        } catch {
            throw DeidentificationError(error.code, instance: index, tag: error.tag)
        }
    }

    private static func holdsMore(
        _ streams: [[UInt8]], of instance: Instance, _ cleaner: FrameCleaner, _ decoder: (any FrameDecoder)?
    ) throws(DeidentificationError) -> Bool {
        for stream in streams where try cleaner.mayHoldMore(stream: stream) {
            if try cleaner.holdsMore(try frame(stream, of: instance), decoder: decoder) { return true }
        }
        return false
    }

    private static func decoded(
        _ streams: [[UInt8]], of instance: Instance, _ cleaner: FrameCleaner, _ decoder: (any FrameDecoder)?
    ) throws(DeidentificationError) -> Instance {
        var result = instance
        var bytes: [UInt8] = []
        var photometric: String?
        for stream in streams {
            let encoded = try frame(stream, of: instance)
            guard let decoder, let frame = try? cleaner.decoded(encoded, by: decoder),
                photometric == nil || photometric == frame.photometricInterpretation
            else { throw DeidentificationError(.pixelDataNotCleanable, tag: .bitsStored) }
            photometric = frame.photometricInterpretation
            bytes += try cleaner.native(frame)
        }
        result.pixelData = .native(bytes)
        result.fileMeta.set(.transferSyntaxUID, TransferSyntax.explicitVRLittleEndian.uid)
        if let photometric { result.dataSet.set(.photometricInterpretation, .CS, photometric) }
        if result.dataSet[.planarConfiguration] != nil { result.dataSet.set(.planarConfiguration, .US, 0) }
        return result
    }

    private static func frame(_ stream: [UInt8], of instance: Instance) throws(DeidentificationError) -> EncodedFrame {
        var single = instance
        single.dataSet[.numberOfFrames] = nil
        single.pixelData = .encapsulated(offsets: [], fragments: [stream])
        guard let frame = try? single.encodedFrame() else {
            throw DeidentificationError(.pixelDataNotCleanable, tag: .pixelData)
        }
        return frame
    }
}
