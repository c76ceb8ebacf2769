/// A word that was read from pixels, and where it stands in the frame.
public struct DetectedWord: Sendable, Hashable {
    /// What was read. It may be a patient's name: it belongs into no log, error or report.
    public var text: String
    /// How sure the reader is, 0…100.
    public var confidence: Double
    /// Columns from the left edge of the frame.
    public var left: Int
    /// Rows from the upper edge of the frame.
    public var top: Int
    /// Columns that the word covers.
    public var width: Int
    /// Rows that the word covers.
    public var height: Int

    /// Nothing is checked here.
    public init(text: String, confidence: Double, left: Int, top: Int, width: Int, height: Int) {
        self.text = text
        self.confidence = confidence
        self.left = left
        self.top = top
        self.width = width
        self.height = height
    }
}

extension DetectedWord: CustomStringConvertible, CustomReflectable {
    /// Where, but not what.
    public var description: String { "<redacted word at \(left),\(top) of \(width)×\(height)>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
