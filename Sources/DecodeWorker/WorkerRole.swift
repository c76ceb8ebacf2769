/// What a child process is for. One that looks for text loads more before it is confined.
public enum WorkerRole: String, Sendable, CaseIterable {
    /// Decodes frames.
    case decode
    /// Finds words in frames.
    case words

    var operation: FrameRequest.Operation {
        switch self {
        case .decode: .decode
        case .words: .words
        }
    }
}
