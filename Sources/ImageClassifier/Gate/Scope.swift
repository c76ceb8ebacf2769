internal import JSON

/// What a model was made for, as data from its weights file.
struct Scope: Sendable, Equatable {
    /// Completed years, both ends included.
    let ageYears: ClosedRange<Int>
    let modalities: Set<String>
    let views: Set<String>
    let bodyParts: Set<String>

    init?(json: JSONValue) {
        guard let low = json["minimumAgeYears"]?.int, let high = json["maximumAgeYears"]?.int, low <= high,
            let modalities = Self.strings(json["modalities"]), let views = Self.strings(json["views"]),
            let bodyParts = Self.strings(json["bodyParts"])
        else { return nil }
        ageYears = low...high
        self.modalities = modalities
        self.views = views
        self.bodyParts = bodyParts
    }

    private static func strings(_ value: JSONValue?) -> Set<String>? {
        guard let array = value?.array, !array.isEmpty else { return nil }
        let strings = array.compactMap { $0.string }
        return strings.count == array.count ? Set(strings) : nil
    }
}
