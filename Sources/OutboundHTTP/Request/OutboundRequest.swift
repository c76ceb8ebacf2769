/// A request to a peer. It has no host: the peer's root supplies it.
public struct OutboundRequest: Sendable {
    /// The methods in use.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }

    /// The method.
    public var method: Method
    /// Where under the root.
    public var path: RequestPath
    /// Header fields beside those that the client sets itself (Host, Authorization, Content-Length).
    public var headers: [(name: String, value: String)]
    /// The body; nil for none.
    public var body: [UInt8]?
    /// A body in pieces, which are sent one after the other and never joined in memory; nil for none.
    public private(set) var pieces: [[UInt8]]?

    /// A request.
    public init(
        _ method: Method, _ path: RequestPath, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// A request with a long body.
    public init(
        _ method: Method, _ path: RequestPath, headers: [(name: String, value: String)] = [], pieces: [[UInt8]]
    ) {
        self.init(method, path, headers: headers)
        self.pieces = pieces
    }
}

extension OutboundRequest: CustomStringConvertible, CustomReflectable {
    /// The method only.
    public var description: String { "OutboundRequest(\(method.rawValue), <redacted>)" }
    /// No children: neither path nor body reaches a dump.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
