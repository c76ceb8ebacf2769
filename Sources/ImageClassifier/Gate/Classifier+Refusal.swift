extension Classifier {
    /// The refusal of a study of which no image comes before the model at all: it has none of the kind, or they could
    /// not be de-identified.
    public func refusal(_ code: RefusalCode) -> Refusal {
        Refusal(code: code, reason: code.reason, instance: nil, model: modelIdentity)
    }
}
