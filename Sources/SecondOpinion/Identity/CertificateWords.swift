/// What a certificate of de-identification says, besides digests, pseudonyms and counts: keys, codes and statements. A
/// patient who is called like one of these words is not named by it there.
enum CertificateWords {
    /// With what every certificate begins, and nothing else.
    static let beginning = Array(#"{"certificate":{"actions":"#.utf8)

    /// Whether a word is one of a certificate, by its `KeyHash`.
    static func contains(hash: UInt64) -> Bool { hashes.contains(hash) || Vocabulary.contains(hash: hash) }

    /// Whether a row of letters is a part of one of its words.
    static func hold(_ part: String) -> Bool { words.contains { $0.contains(part) } || Vocabulary.holds(part) }

    private static let hashes = Set(words.map(KeyHash.value(of:)))

    private static let words: Set<String> = Set(
        """
        actions ages algorithm always and are art binaryoutsideimagegroups burned burnedin bytes can cannot cfr
        constant could curve date days declaredabsent deidentification descriptor determination digest edition
        ehr elements exists false file files for format freetext gdpr grouplength harbor have headers hipaa hits
        holds identification identified identifier identifierinvalue input instances into its keeplist key keyid
        know leftout looked malformedvalue maskambiguous masked maskmissing maskregionsunusable masksizediffers
        may meant moved name never nobody none nopixels notindictionary number objects opinion options order
        othervrthanstandard output overlay owner patterns personal pixeldata pixels privateelement
        profilekeeplist program proves pseudonymisation pseudonyms refusedbyrule remain replaceduids retained
        reversible risky rules safeprivate searched secondopinion seriesinstanceuid sha signature sopclassuid
        sopinstanceuid stand standardvr stated statements tell tells textdetected textdetectionunavailable
        textfree textrisk textunsure that the them they this those transfersyntaxuid uid unchecked under value
        verdict version was were what which while whoever words written
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))
}
