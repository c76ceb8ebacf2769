public import HL7v2

/// A time of an order: what was said, and the instant it means with the sender's zone.
public struct OrderTime: Sendable, Hashable {
    /// As sent, with the zone that was assumed for a time without one.
    public let stated: DTM
    /// The start of what was stated.
    public let secondsSinceEpoch: Int64

    /// - Parameter zone: The sender's zone, for what states none.
    public init(_ stated: DTM, in zone: SourceTimeZone) {
        let offset = stated.offset ?? zone.offset(atLocal: stated.localSecondsSinceEpoch)
        self.stated = stated.assuming(offset: offset)
        secondsSinceEpoch = stated.localSecondsSinceEpoch - Int64(offset) * 60
    }

    init(stated: DTM, secondsSinceEpoch: Int64) {
        self.stated = stated
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    public var microseconds: Int64 { secondsSinceEpoch * 1_000_000 }
}
