/// Why JSON is not the resource that was expected. It names an element, never its content.
public struct FHIRError: Error, Hashable, Sendable {
    /// The kind of defect; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        case notAResource
        case wrongResourceType
        case missingElement
        case invalidElement
    }

    public let code: Code
    /// The element in question, such as `Bundle.entry.response`.
    public let element: String

    public init(code: Code, element: String) {
        self.code = code
        self.element = element
    }
}

/// A value that may name a person: it prints as `<redacted>` and shows no children to a mirror.
public protocol Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Redacted {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
