import DICOM
import Foundation
import Testing

@testable import Deidentification

@Suite("Profiles as files: mappings/deidentification")
struct ProfileFileTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../mappings/deidentification").standardized

    static func profile(_ name: String) throws -> DeidentificationProfile {
        try DeidentificationProfile(
            yaml: String(contentsOf: folder.appendingPathComponent("\(name).yaml"), encoding: .utf8))
    }

    static func text(options: String, more: String = "", gate: String = "never") -> String {
        """
        version: 1
        name: test
        release: "1"
        summary: For a test.
        edition: 2024b
        options: [\(options)]
        textGate: \(gate)
        pseudonyms: keyed
        \(more)
        """
    }

    static func with(_ options: ProfileOption..., more: String = "") throws -> DeidentificationProfile {
        try DeidentificationProfile(
            yaml: text(options: ([.basic] + options).map(\.word).joined(separator: ", "), more: more))
    }

    @Test(
        "the shipped files are read, and their file names are their names",
        arguments: [
            "classifier", "basic", "research-shifted-dates", "research-full",
        ])
    func shipped(name: String) throws {
        let profile = try Self.profile(name)
        #expect(profile.name == name && profile.edition == "2024b" && profile.digest.count == 64)
        #expect(profile.options.contains(.basic))
    }

    @Test("the built-in profile of the classifier is the file, digest and all")
    func builtIn() throws {
        let profile = try DeidentificationProfile.classifier()
        #expect(try profile == Self.profile("classifier"))
        #expect(profile.options == [.basic, .retainPatientCharacteristics] && profile.textGate == .never)
    }

    @Test("every option of CID 7050 can be asked for in a file of its own, by word and by code, but one")
    func everyOption() throws {
        for option in ProfileOption.allCases where option != .basic {
            for name in [option.word, "\"\(option.rawValue)\""] {
                let read = Result { () throws(DeidentificationError) in
                    try DeidentificationProfile(yaml: Self.text(options: "basic, \(name)", gate: "risky"))
                }
                if option == .cleanRecognizableVisualFeatures {
                    #expect(throws: DeidentificationError(.profileOptionUnsupported, keyPath: "options[1]", line: 6)) {
                        try read.get()
                    }
                } else {
                    #expect(try read.get().options == [.basic, option])
                }
            }
        }
    }

    @Test(
        "what a file may not say is refused with its place",
        arguments: [
            ("retainFullDates, basic, retainModifiedDates", "", "profileOptionsConflict", "options", 6),
            ("retainFullDates", "", "profileInvalid", "options", 6),
            ("basic, \"113100\"", "", "profileInvalid", "options[1]", 6),
            ("basic, cleanEverything", "", "profileInvalid", "options[1]", 6),
            ("basic, cleanPixelData", "", "profileInvalid", "textGate", 7),
            ("basic", "colour: red", "profileInvalid", "colour", 9),
            ("basic", "keep: [{tag: \"00100010\", reason: x}]", "profileInvalid", "keep[0].tag", 9),
            ("basic", "keep: [{tag: \"00291010\", reason: x}]", "profileInvalid", "keep[0].tag", 9),
            ("basic", "keep: [{tag: \"00181250\"}]", "profileInvalid", "keep[0]", 9),
            (
                "basic", "private: [{group: \"0019\", creator: A, element: \"0C\", vr: IS, reason: x}]",
                "profileInvalid",
                "private", 9
            ),
            (
                "basic, retainSafePrivate",
                "private: [{group: \"0018\", creator: A, element: \"0C\", vr: IS, reason: x}]",
                "profileInvalid", "private[0].group", 9
            ),
        ] as [(String, String, String, String, Int)])
    func refused(options: String, more: String, code: String, keyPath: String, line: Int) throws {
        let code = try #require(DeidentificationError.Code(rawValue: code))
        #expect(throws: DeidentificationError(code, keyPath: keyPath, line: line)) {
            try DeidentificationProfile(yaml: Self.text(options: options, more: more))
        }
    }

    @Test("another word in the file is another digest")
    func digest() throws {
        let one = try DeidentificationProfile(yaml: Self.text(options: "basic"))
        let other = try DeidentificationProfile(yaml: Self.text(options: "basic") + "\n# a remark")
        #expect(one.digest != other.digest && one != other)
    }

    @Test("table E.1-1: every row has an effective rule under every option, and an option's column decides")
    func columns() throws {
        let tables = try DeidentificationProfile.tables()
        #expect(tables.profile.rows.count == 621)
        for option in ProfileOption.allCases {
            for row in tables.profile.rows {
                let vr = Tag(hex: row.tag).flatMap { tables.dictionary[$0]?.vr }
                let rule = EffectiveRules.rule(for: row, options: [.basic, option, .cleanDescriptors], vr: vr)
                guard let column = row.columns[option] else { continue }
                let isDate = vr == .DA || vr == .DT || vr == .TM
                switch (column, rule) {
                case (.C, .cleaned): break
                case (.K, .kept(let by)): #expect(by == option)
                // A device's dates are dates; text that is also a descriptor is cleaned.
                case (.K, .basic): #expect(isDate && option == .retainDeviceIdentity, "\(row.keyword)")
                case (.K, .cleaned(let by)): #expect(by == .cleanDescriptors, "\(row.keyword)")
                default: Issue.record("\(row.keyword) \(option) \(rule)")
                }
            }
        }
    }

    @Test("attribute types: the strongest of several modules, nested by path, unknown where no table knows")
    func types() throws {
        let types = try DeidentificationProfile.tables().types
        let dx = types.place(of: UID("1.2.840.10008.5.1.4.1.1.1.1"), isImage: true)
        #expect(types.requirement(of: .patientName, at: dx) == .mayBeEmpty)
        #expect(types.requirement(of: .protocolName, at: dx) == .optional)
        #expect(types.requirement(of: .seriesInstanceUID, at: dx) != .mayBeEmpty)
        // 2 in General Image and 3 in General Series: the laterality of DX is 1 (C.8.11.2).
        #expect(types.requirement(of: .imageLaterality, at: dx) == .required)
        // Ultrasound Image Storage of earlier editions: no table has its modules.
        let retired = types.place(of: UID("1.2.840.10008.5.1.4.1.1.6"), isImage: true)
        #expect(types.requirement(of: .patientName, at: retired) == .mayBeEmpty)
        #expect(types.choice(of: .contentDate, at: retired) == .unknown)
        #expect(types.requirement(of: .protocolName, at: retired) == .unknown)
        let sr = types.place(of: UID("1.2.840.10008.5.1.4.1.1.88.33"), isImage: false)
        let content = types.place(in: .contentSequence, at: sr)
        #expect(types.place(in: .contentSequence, at: content) == content)
        #expect(types.requirement(of: .valueType, at: content) == .required)
        #expect(types.requirement(of: .patientName, at: types.place(of: UID("1.2.3"), isImage: false)) == .unknown)
    }

    @Test(
        "a table with a line that is not understood is no table",
        arguments: ["I\tx", "Q\ta\tb", "M\tm\t00100010=9", ""])
    func brokenTypes(line: String) {
        #expect(throws: DeidentificationError(.profileUnavailable)) { try AttributeTypes(line) }
        #expect(throws: DeidentificationError(.profileUnavailable)) { try ProfileTable(line) }
    }
}
