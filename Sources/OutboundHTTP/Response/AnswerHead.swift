/// Status and header fields of an answer.
public struct AnswerHead: Sendable {
    /// 200 to 299, but in the answer to an inquiry.
    public let status: Int
    let fields: [(name: String, value: String)]

    init(status: Int, fields: [(name: String, value: String)]) {
        self.status = status
        self.fields = fields
    }

    /// The first field of that name, in whatever case; nil when there is none.
    public func field(_ name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name.lowercased() == name }?.value
    }

    /// The peer's clock by its Date field, in seconds since 1970; nil when there is none in the preferred form.
    public var date: Int64? { field("Date").flatMap(RetryAfter.seconds(ofDate:)) }

    /// The media type of Content-Type without its parameters, in lower case.
    public var mediaType: String? {
        guard let type = field("Content-Type")?.prefix(while: { $0 != ";" }) else { return nil }
        return type.filter { $0 != " " && $0 != "\t" }.lowercased()
    }
}

extension AnswerHead: CustomStringConvertible, CustomReflectable {
    /// The status only.
    public var description: String { "AnswerHead(\(status), <redacted>)" }
    /// No children: header fields may hold links that name a patient's resources.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A whole answer.
public struct Answer: Sendable {
    /// Status and header fields.
    public let head: AnswerHead
    /// The body.
    public let body: [UInt8]

    init(head: AnswerHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }
}

extension Answer: CustomStringConvertible, CustomReflectable {
    /// Status and size only.
    public var description: String { "Answer(\(head.status), \(body.count) bytes, <redacted>)" }
    /// No children: nothing of the body reaches a dump.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
