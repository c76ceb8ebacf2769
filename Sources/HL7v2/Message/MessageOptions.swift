/// How one sender's messages are read.
public struct MessageOptions: Sendable, Hashable {
    /// What an empty MSH-18 means.
    public var characterSet: MessageCharacterSet
    public var tolerances: Tolerances
    public var limits: MessageLimits

    public init(
        characterSet: MessageCharacterSet = .ascii, tolerances: Tolerances = .all, limits: MessageLimits = .default
    ) {
        self.characterSet = characterSet
        self.tolerances = tolerances
        self.limits = limits
    }
}
