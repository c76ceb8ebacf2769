/// What a DICOM file may cost its reader. Every bound is checked before memory is taken or a native library sees bytes.
public struct DICOMLimits: Sendable, Hashable {
    /// Bytes of the file, and of its data set after inflating.
    public var bytes: Int
    /// Sequences inside one another. Above 64 it counts as 64, because values are walked recursively.
    public var depth: Int
    /// Elements, items and fragments of the whole file.
    public var elements: Int
    /// How many times as long as its deflated form a data set may become (PS3.5 §A.5). The first MiB costs nothing: an
    /// image without content is deflated to nearly nothing.
    public var inflationRatio: Int

    /// Each bound has the default of `default`.
    public init(
        bytes: Int = 512 << 20, depth: Int = 16, elements: Int = 100_000, inflationRatio: Int = 200
    ) {
        self.bytes = bytes
        self.depth = min(depth, 64)
        self.elements = elements
        self.inflationRatio = inflationRatio
    }

    /// 512 MiB, 16 nested sequences, 100,000 elements, inflated to 200 times the length.
    public static let `default` = DICOMLimits()
}
