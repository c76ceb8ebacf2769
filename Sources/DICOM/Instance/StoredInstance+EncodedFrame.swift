extension StoredInstance {
    /// A frame for a decoder, from its native bytes or its one compressed stream. Throws what `Instance.encodedFrame`
    /// throws.
    public func encodedFrame(of pixels: [UInt8]) throws(DICOMError) -> EncodedFrame {
        var single = dataSet
        single[.numberOfFrames] = nil
        return try Instance(
            fileMeta: fileMeta, dataSet: single,
            pixelData: transferSyntax.isEncapsulated
                ? .encapsulated(offsets: [], fragments: [pixels]) : .native(pixels)
        ).encodedFrame()
    }
}
