/// What was done to one object by options that do nothing where there is nothing for them: they are claimed of an object
/// (0012,0064) only where they were at work.
struct ObjectCleaning: Hashable, Sendable {
    /// What is known about text in its pixels.
    var verdict: BurnedInVerdict
    /// It is a presentation state, or something drawn stayed (113103).
    var hasGraphics = false
    /// It has a content tree (113104).
    var hasContent = false

    /// The options that hold for the object, in the order of their codes.
    func options(of profile: DeidentificationProfile) -> [ProfileOption] {
        ProfileOption.allCases.filter { option in
            let isAsked = profile.options.contains(option)
            return switch option {
            // A mask is laid over what the rules ask for, whether the profile names the option or not.
            case .cleanPixelData: verdict.isCleaned || (verdict.isExamined && isAsked)
            case .cleanGraphics: isAsked && hasGraphics
            case .cleanStructuredContent: isAsked && hasContent
            default: isAsked
            }
        }
    }

    /// The options that hold for a study: for each of its objects, or where something was to be done.
    static func options(of profile: DeidentificationProfile, _ objects: Set<Self>) -> [ProfileOption] {
        let claimed = objects.map { Set($0.options(of: profile)) }
        return profile.codes.filter { option in
            switch option {
            case .cleanGraphics, .cleanStructuredContent: claimed.contains { $0.contains(option) }
            default: claimed.allSatisfy { $0.contains(option) }
            }
        }
    }
}
