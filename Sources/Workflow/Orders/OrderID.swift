/// An order's name inside the gateway: a random UUID, never derived from patient data.
public struct OrderID: Sendable, Hashable, CustomStringConvertible {
    public let value: String
    public init(_ value: String) { self.value = value }
    public var description: String { value }
}
