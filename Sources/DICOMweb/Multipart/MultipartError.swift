/// Why bytes are not a multipart body (RFC 2046 §5.1).
public struct MultipartError: Error, Sendable, Hashable {
    /// The kind of defect; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// Content-Type names no boundary that could be one.
        case noBoundary
        /// More bytes before the first delimiter than are passed over.
        case longPreamble
        /// The header fields of a part are longer than allowed.
        case longHeader
        /// The header fields of a part cannot be read.
        case malformedHeader
        /// More parts than allowed.
        case tooManyParts
        /// A part is longer than allowed.
        case longPart
        /// The body ended without the closing delimiter.
        case truncated
    }

    /// The kind of defect.
    public let code: Code

    /// An error.
    public init(code: Code) { self.code = code }
}

/// What a multipart body may cost its reader.
public struct MultipartLimits: Sendable, Equatable {
    /// Bytes before the first delimiter. Default 64 KiB.
    public var preambleBytes: Int
    /// Bytes of one part's header fields. Default 8 KiB.
    public var headerBytes: Int
    /// Bytes of one part's content. Default 512 MiB.
    public var partBytes: Int
    /// Parts. Default 5,000.
    public var parts: Int

    /// Limits with the gateway's defaults.
    public init(
        preambleBytes: Int = 64 << 10, headerBytes: Int = 8 << 10, partBytes: Int = 512 << 20, parts: Int = 5_000
    ) {
        self.preambleBytes = preambleBytes
        self.headerBytes = headerBytes
        self.partBytes = partBytes
        self.parts = parts
    }
}
