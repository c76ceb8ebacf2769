public import JSON

/// An instrument or, here, an algorithm (R4 §8.9).
public struct Device: TypedResource {
    public static let resourceType = "Device"
    public var elements: JSONObject
    public init(unchecked elements: JSONObject) { self.elements = elements }

    public var status: String? { text("status") }
    /// The values of `version`.
    public var versions: [String] { list("version") { $0["value"]?.string } }
}
