extension DeidentificationCertificate {
    /// A profile with the certified options: what headers tell that such a profile lets stay (a device under 113109, an
    /// institution under 113112) was not looked for when the files were made either.
    ///
    /// - Throws: `profileInvalid` and the like where the options are none that were ever applied together;
    ///   `profileUnavailable` without the tables of the standard.
    public func rules() throws(DeidentificationError) -> DeidentificationProfile {
        var words: [String] = []
        for code in options {
            guard let option = ProfileOption(rawValue: code) else {
                throw DeidentificationError(.profileInvalid)
            }
            words.append(option.word)
        }
        return try DeidentificationProfile(
            yaml: """
                version: 1
                name: certified
                release: "1"
                summary: The options of a certificate.
                edition: 2024b
                options: [\(words.joined(separator: ", "))]
                textGate: always
                pseudonyms: keyed
                """)
    }
}
