/// What a certificate says in words about what it means.
enum CertificateStatements {
    static func all(_ receipt: DeidentificationReceipt) -> [String] {
        var statements = [
            "This is pseudonymisation (GDPR Art. 4(5)): whoever holds the key can lead the data back, and they remain "
                + "personal data while it exists.",
            "It is no determination under the HIPAA Safe Harbor method (45 CFR 164.514(b)(2)).",
            "input is the SHA-256 of an identified file: it proves to its owner which file was meant.",
            "The second opinion searched the written bytes for what order, EHR and original headers tell of the patient; "
                + "what none of them tells it cannot know.",
        ]
        if receipt.burnedIn == .unchecked {
            statements.append("Nobody looked at the pixels: text may be burned into them.")
        }
        if receipt.burnedIn == .noPixels { statements.append("The objects have no pixels in which text could stand.") }
        switch receipt.dates {
        case .removed: break
        case .shifted: statements.append("Dates were moved by a number of days that is constant for the patient.")
        case .kept: statements.append("Dates are those of the original.")
        }
        return statements
    }
}
