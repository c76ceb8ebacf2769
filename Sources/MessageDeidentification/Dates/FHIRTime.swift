/// The forms of dates and times in FHIR (R4 §2.24.0.1), to their last character.
enum FHIRTime {
    /// Whether `text` has the form of this type: `date`, `dateTime`, `instant` or `time`. Days are checked elsewhere.
    static func isValid(_ text: String, _ type: String) -> Bool {
        guard text.isShortASCII else { return false }
        return switch type {
        case "date": isDate(text)
        case "dateTime": isDate(text) || isInstant(text)
        case "instant": isInstant(text)
        case "time": text.wholeMatch(of: /(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?/) != nil
        default: false
        }
    }

    private static func isDate(_ text: String) -> Bool {
        text.wholeMatch(of: /[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?/) != nil
    }

    private static func isInstant(_ text: String) -> Bool {
        guard text.utf8.count > 11, isDate(String(text.prefix(10))), text.dropFirst(10).first == "T" else {
            return false
        }
        let time = text.dropFirst(11)
        guard let zone = time.wholeMatch(of: /([0-9:.]+)(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])/) else { return false }
        return isValid(String(zone.1), "time")
    }
}
