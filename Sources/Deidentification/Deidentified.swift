public import DICOM

/// A value from which identifying data was removed. Only this module makes one: there is no public initialiser, no map
/// and no setter, so a function that takes `Deidentified` cannot be called with anything else.
public struct Deidentified<Value: Sendable>: Sendable {
    /// What was de-identified; reading it is free, replacing it is not possible.
    public let value: Value

    /// Only for what `deidentify` answered, and for parts of it.
    init(_ value: Value) { self.value = value }
}

extension Deidentified: Equatable where Value: Equatable {}
extension Deidentified: Hashable where Value: Hashable {}

extension Deidentified where Value == Study {
    /// The first frame of one instance, decoded. The decoder may be another process: what it answers counts only if its
    /// size and type are those of the header, else `decodeFailed` is thrown. Throws what the decoder throws, and
    /// `noSuchFrame` for an index outside the study.
    public func decoded(by decoder: some FrameDecoder, instance index: Int) throws(DICOMError) -> Deidentified<Frame> {
        guard value.instances.indices.contains(index) else { throw DICOMError(.noSuchFrame) }
        let encoded = try value.instances[index].encodedFrame()
        let frame = try decoder.decode(encoded)
        // A codec may turn YBR into RGB; the meaning of a single grey sample must not change.
        let samePhotometric =
            frame.samplesPerPixel > 1 || frame.photometricInterpretation == encoded.photometricInterpretation
        guard frame.rows == encoded.rows, frame.columns == encoded.columns,
            frame.samplesPerPixel == encoded.samplesPerPixel, frame.bitsAllocated == encoded.bitsAllocated,
            frame.bitsStored == encoded.bitsStored, frame.isSigned == encoded.isSigned, samePhotometric
        else { throw DICOMError(.decodeFailed, tag: .pixelData) }
        return Deidentified<Frame>(frame)
    }

    /// The data set of one instance, without pixels; empty for an index outside the study.
    public func header(instance index: Int) -> Deidentified<DataSet> {
        Deidentified<DataSet>(value.instances.indices.contains(index) ? value.instances[index].dataSet : DataSet())
    }
}
