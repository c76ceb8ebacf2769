/// How one sender's messages are read.
public struct MessageOptions: Sendable, Hashable {
    /// What an empty MSH-18 means.
    public var characterSet: MessageCharacterSet
    /// Which deviations from the standard are admitted.
    public var tolerances: Tolerances
    /// What bounds the message.
    public var limits: MessageLimits

    /// By default ASCII, every tolerance and the default limits.
    public init(
        characterSet: MessageCharacterSet = .ascii, tolerances: Tolerances = .all, limits: MessageLimits = .default
    ) {
        self.characterSet = characterSet
        self.tolerances = tolerances
        self.limits = limits
    }
}
