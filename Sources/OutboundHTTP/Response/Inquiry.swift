public import Workflow

/// What came back from an inquiry, a refusal included.
public struct Inquiry: Sendable {
    /// Status, header fields and body, whatever the status is.
    public let answer: Answer
    /// The error that the status stands for; nil for the 2xx class.
    public let refusal: AdapterError?

    init(answer: Answer, refusal: AdapterError?) {
        self.answer = answer
        self.refusal = refusal
    }
}
