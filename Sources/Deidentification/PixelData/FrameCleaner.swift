public import DICOM

/// Removes from the pixel data of one image what is no pixel (PS3.15 §E.3.1, §E.3.2): bits of native samples that hold
/// none, comments inside compressed streams, bytes behind the end. One frame at a time, or any piece of native pixels,
/// so that nobody needs the whole pixel data in memory.
public struct FrameCleaner: Sendable {
    /// What has to be done with each frame.
    public enum Way: Sendable, Hashable {
        /// Native pixels: `clean(native:)` on any pieces that hold whole samples, in the order of the file.
        case asIs
        /// A compressed stream for each frame: `clean(stream:)`, then one fragment for each frame and no offset table.
        case stripped
        /// Decode, `mask(_:)`, and write native pixels: colour by pixel, explicit VR little endian.
        case decoded
    }

    /// What has to be done with each frame.
    public var way: Way
    /// What `mask(_:)` covers; one that is set makes `way` `.decoded`.
    public var covering: PixelMask? {
        didSet { if covering != nil { way = .decoded } }
    }
    /// The image, as its header says.
    let layout: PixelLayout
    let stream: StreamKind?

    /// The cleaner for an image.
    /// - Parameters:
    ///   - header: the data set without its pixel data, original or rewritten.
    ///   - transferSyntax: that of the file.
    /// - Throws: `pixelDataNotCleanable` with (0002,0010) for a compressed syntax whose streams are not understood
    /// here,
    ///   and with the tag of what is missing or contradicts itself; with (7FE0,0008) or (7FE0,0009) for pixels that are
    ///   floating point numbers.
    public init(header: DataSet, transferSyntax: TransferSyntax) throws(DeidentificationError) {
        for tag in [Tag.floatPixelData, .doubleFloatPixelData] where header[tag] != nil {
            throw DeidentificationError(.pixelDataNotCleanable, tag: tag)
        }
        layout = try PixelLayout(header, isEncapsulated: transferSyntax.isEncapsulated)
        guard transferSyntax.isEncapsulated else {
            (way, stream) = (.asIs, nil)
            return
        }
        guard let kind = StreamKind(transferSyntax) else {
            throw DeidentificationError(.pixelDataNotCleanable, tag: .transferSyntaxUID)
        }
        (way, stream) = (.stripped, kind)
    }

    /// Number of Frames (0028,0008), 1 if absent.
    public var frameCount: Int { layout.frames }

    /// Bytes of one stored native frame; 0 where the next one begins within its last byte (Bits Allocated 1).
    public var frameLength: Int { layout.frameLength }

    /// Bytes of all native frames as they are written: what stands behind them is no pixel and is not written. Of odd
    /// length where the image is; the element is then padded with one zero.
    public var nativeLength: Int { way == .decoded ? layout.decodedLength : layout.length }

    /// Sets bits that hold no part of a sample to zero, or to its sign. `bytes` are little endian and hold whole
    /// samples.
    public func clean(native bytes: inout [UInt8]) { UnusedBits.clear(in: &bytes, layout) }

    /// One frame's compressed stream (its fragments joined), without anything that is not needed to decode it. Of even
    /// length, padded as the syntax asks for.
    /// - Throws: `pixelDataNotCleanable` where its structure is not understood, and with the tag of what is not as the
    ///   header says: a larger picture than that, another component or more bits than Bits Allocated could show what
    ///   nobody looked at.
    public func clean(stream bytes: [UInt8]) throws(DeidentificationError) -> [UInt8] {
        guard let stream, let cleaned = stream.cleaned(bytes, layout) else {
            throw DeidentificationError(.pixelDataNotCleanable, tag: .pixelData)
        }
        if let tag = try stream.shape(of: cleaned)?.difference(from: layout) {
            throw DeidentificationError(.pixelDataNotCleanable, tag: tag)
        }
        return cleaned
    }

    /// Puts fragments together to the streams that `clean(stream:)` takes; nil for native pixels.
    /// - Parameter offsets: the Basic Offset Table, the first item of the encapsulated pixel data.
    public func assembly(offsets: [UInt8]) -> FrameAssembly? {
        stream.map { FrameAssembly($0, frames: layout.frames, offsets: offsets) }
    }

    /// A decoded frame with `covering` laid over it; as it is without one.
    /// - Throws: `pixelDataNotCleanable` for a frame of another size than the mask was made for.
    public func mask(_ frame: Frame) throws(DeidentificationError) -> Frame {
        guard let covering else { return frame }
        guard let masked = covering.applied(to: frame) else {
            throw DeidentificationError(.pixelDataNotCleanable, tag: .rows)
        }
        return masked
    }

    /// All pixel data at once, for whoever holds it in memory. `.decoded` is not for here.
    /// - Throws: `pixelDataNotCleanable`, for native pixels also where some are missing.
    public func clean(_ pixelData: PixelData) throws(DeidentificationError) -> PixelData {
        switch (pixelData, way) {
        case (.native(var bytes), .asIs):
            guard bytes.count >= nativeLength else {
                throw DeidentificationError(.pixelDataNotCleanable, tag: .pixelData)
            }
            if bytes.count > nativeLength { bytes.removeSubrange(nativeLength...) }
            clean(native: &bytes)
            return .native(bytes)
        case (.encapsulated(let offsets, let fragments), .stripped):
            guard var assembly = assembly(offsets: offsets) else { break }
            var streams: [[UInt8]] = []
            for fragment in fragments {
                if let frame = try assembly.append(fragment) { streams.append(try clean(stream: frame)) }
            }
            streams.append(try clean(stream: try assembly.finish()))
            return .encapsulated(offsets: [], fragments: streams)
        default: break
        }
        throw DeidentificationError(.pixelDataNotCleanable, tag: .pixelData)
    }
}
