internal import JSON

extension AgeLimit.Topic {
    /// Of a CodeableConcept.
    init(concept: JSONValue?) {
        self.init(codes: (concept?["coding"]?.array ?? []).compactMap { $0["code"]?.string })
    }
}
