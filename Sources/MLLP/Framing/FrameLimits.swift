/// What one connection may make the decoder hold.
public struct FrameLimits: Sendable, Equatable {
    /// The longest content between SB and EB. Default 16 MiB.
    public var maximumFrame: Int
    /// The most bytes outside a frame that are passed over before the connection is given up, counted anew after each
    /// complete frame. Default 64 KiB.
    public var maximumJunk: Int
    /// The most bytes of a refusal that are kept for the operator. Default 64 KiB.
    public var maximumKept: Int
    /// The most refusals in a row, without one good frame, before the connection is given up. Default 16.
    public var maximumRefusals: Int

    /// Limits with the gateway's defaults.
    public init(
        maximumFrame: Int = 16 << 20, maximumJunk: Int = 64 << 10, maximumKept: Int = 64 << 10,
        maximumRefusals: Int = 16
    ) {
        self.maximumFrame = maximumFrame
        self.maximumJunk = maximumJunk
        self.maximumKept = maximumKept
        self.maximumRefusals = maximumRefusals
    }
}
