extension BurnedInRules {
    /// The rules of `mappings/deidentification/burned-in.yaml` as shipped; a test compares both.
    public static let builtIn = BurnedInRules(
        rules: [
            Rule("header says yes", .mask, [.burnedInAnnotation: ["YES"]]),
            Rule("secondary capture", .detect, [.sopClass: storage(7)]),
            Rule("ultrasound", .detect, [.sopClass: storage(3, 6)]),
            Rule("visible light", .detect, [.sopClass: storage(77)]),
            Rule(
                "modality prone to text", .detect,
                [
                    .modality: [
                        "US", "IVUS", "ES", "XC", "GM", "SM", "OT", "SC", "DOC", "SR", "OP", "AU", HeaderPattern.absent,
                    ]
                ]),
            Rule(
                "converted from film, paper, video or a screen", .detect,
                [.conversionType: ["DV", "DI", "DF", "WSD", "SD", "SI", "DRW"]]),
            Rule("derived and secondary", .detect, [.imageType: [#"DERIVED\SECONDARY"#]]),
            Rule(
                "screen or result page", .detect,
                [.imageType: ["*SCREEN*", "*CAPTURE*", "*REPORT*", "*DOSE*INFO*", "PATIENT PROTOCOL"]]),
            Rule("film or paper scanner", .detect, [.model: ["*DIGITIZER*", "*SCANNER*"]]),
            Rule(
                "waveform, presentation, raw data, report, document or plan", .refuse,
                [.sopClass: storage(9, 11, 66, 88, 104, 481)]),
            Rule("no SOP class", .refuse, [.sopClass: [HeaderPattern.absent]]),
            Rule(
                "image of a device", .pass,
                [.sopClass: storage(1, 2, 4, 5, 12, 13, 14, 20, 30, 128, 130)]),
        ],
        otherwise: .detect,
        words: WordRules(
            markers: [
                "L", "R", "LEFT", "RIGHT", "LT", "RT", "AP", "PA", "LAT", "LATERAL", "OBL", "OBLIQUE", "RAO", "LAO",
                "RPO", "LPO", "LL", "RL", "SUPINE", "PRONE", "ERECT", "UPRIGHT", "SITTING", "STANDING", "SEMI",
                "SEMIERECT", "SEMIUPRIGHT", "DECUB", "DECUBITUS", "PORTABLE", "MOBILE", "BED", "INSP", "EXP",
                "INSPIRATION", "EXPIRATION", "CC", "MLO", "RCC", "LCC", "RMLO", "LMLO", "HEAD", "FEET", "ANT", "POST",
            ], leastCharacters: 3, confidence: [95, 75, 60, 50, 40]))

    /// SOP classes of images and other objects below `1.2.840.10008.5.1.4.1.1`.
    private static func storage(_ stems: Int...) -> [String] { stems.map { "1.2.840.10008.5.1.4.1.1.\($0)" } }
}
