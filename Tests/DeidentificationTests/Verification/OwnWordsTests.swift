import DICOM
import Foundation
import Sealing
import SecondOpinion
import Testing

@testable import Deidentification

@Suite("Whoever is called like a word that this program writes itself is not refused for it")
struct OwnWordsTests {
    private static let profiles = ["classifier", "basic", "research-shifted-dates", "research-full"]

    private static func result(
        _ profile: DeidentificationProfile, _ change: (inout DataSet) -> Void
    ) throws -> (Instance, DeidentificationReceipt) {
        var header = SyntheticDX.header()
        header.set(PatientSpecies.description, .LO, "human")
        change(&header)
        let (study, receipt) = try deidentify(
            try SyntheticDX.study([header]), profile: profile, pseudonyms: try SyntheticDX.pseudonyms(),
            pixels: PixelReader(decoder: BlankReader(), detector: BlankReader()))
        return (try #require(study.value.instances.first), receipt)
    }

    /// All words that are written to say what was done.
    private static func marks(_ profile: DeidentificationProfile) throws -> [String] {
        let instance = try result(profile) { _ in }.0
        let written: Set<Tag> = [
            .deidentificationMethod, .deidentificationMethodCodeSequence, .patientIdentityRemoved,
            .longitudinalTemporalInformationModified, .contributingEquipmentSequence, PatientSpecies.description,
        ]
        let marks = instance.dataSet.filter { written.contains($0.tag) }
        #expect(marks.count == written.count)
        let texts = marks.flatMap(texts) + [Implementation.versionName] + ProfileOption.allCases.map(\.meaning)
        return words(texts.joined(separator: " "))
    }

    private static func texts(_ element: DataElement) -> [String] {
        switch element.value {
        case .text(let values): values
        case .sequence(let items): items.flatMap { $0.flatMap(texts) }
        default: []
        }
    }

    private static func words(_ text: String) -> [String] {
        Set(text.lowercased().split { !$0.isLetter }.map(String.init)).filter { $0.count > 1 }.sorted()
    }

    private static let marked: [Character: Character] = [
        "a": "á", "c": "ć", "d": "ď", "e": "é", "g": "ğ", "i": "í", "l": "ľ", "n": "ň", "o": "ó", "r": "ř", "s": "š",
        "t": "ť", "u": "ů", "y": "ý", "z": "ž",
    ]

    /// The name as it is, with diacritics, and parted so that an initial and a name make the word.
    private static func names(_ word: String, partedUpTo most: Int) -> [String] {
        let first = String(word.prefix(1))
        let others = String(word.map { marked[$0] ?? $0 })
        let whole = [
            "\(word)^Ona", "\(word.capitalized)^Ona", "\(others)^Ona", "\(others.uppercased())^Ona",
        ]
        guard word.count <= most else { return whole }
        return whole + [
            "\(word.dropFirst())^\(first)ana", "\(word.dropLast())^\(word.suffix(1))ana",
            "\(word.dropFirst(2))^\(word.prefix(2))",
        ]
    }

    @Test("Bašić is not Basic, and Basic is no patient", arguments: profiles)
    func basic(name: String) throws {
        let profile = try ProfileFileTests.profile(name)
        for person in ["Bašić^Ana", "Basic^Ana", "Dates^Ana", "Gateway^Ana", "Ateş^Deniz"] {
            for tag in [Tag.patientName, .referringPhysicianName] {
                #expect(throws: Never.self, "\(person)") { try Self.result(profile) { $0.set(tag, .PN, person) } }
            }
        }
    }

    @Test("every word of every mark", arguments: profiles)
    func everyMark(name: String) throws {
        let profile = try ProfileFileTests.profile(name)
        let words = try Self.marks(profile)
        #expect(words.count > 40)
        for word in words {
            for name in Self.names(word, partedUpTo: 13) {
                #expect(throws: Never.self, "\(name)") {
                    try Self.result(profile) { $0.set(.patientName, .PN, name) }
                }
            }
        }
    }

    @Test("every word of the certificate that goes with a copy", arguments: profiles)
    func certificate(name: String) throws {
        let (instance, receipt) = try Self.result(try ProfileFileTests.profile(name)) { _ in }
        let object = CertifiedInstance(
            instance.dataSet, transferSyntax: .explicitVRLittleEndian, input: Digest.sha256([1]),
            output: Digest.sha256([2]), size: 4711)
        let verdicts =
            DeidentificationReceipt.BurnedIn.allCases.map(\.rawValue) + QuarantineReason.allCases.map(\.rawValue)
        let certificate = DeidentificationCertificate(
            receipt, studyInstanceUID: "2.25.1", instances: [object], time: "2026-11-22T03:00:00Z",
            detector: Dictionary(uniqueKeysWithValues: Set(verdicts).map { ($0, 1) }))
        let signed = try SignedCertificate(certificate, key: nil)
        let text = String(decoding: signed.serialized, as: UTF8.self)
        let report = try Self.report(text)
        let hex = try Regex("[0-9a-f]{26,}")
        var words = Self.words(text.replacing(hex, with: " "))
        words += DefaultDeny.Rule.allCases.map { $0.rawValue.lowercased() }
        words += Self.words(
            "imaging-gateway COMPLETE UNVERIFIED CONTAINER CONTAINS SEPARATE De-identification Certificate")
        #expect(words.count > 120)
        for word in Set(words) {
            // Longer ones are two words that stand in it apart too (`secondOpinion`).
            for name in Self.names(word, partedUpTo: 8) {
                var identity = KnownIdentity()
                try identity.add(name: name)
                let hits = try ResidualSearch(for: identity, dates: .kept).search(report).hits
                let around = hits.first.map { max($0.offset - 20, 0)..<min($0.offset + 30, report.count) } ?? 0..<0
                #expect(hits.isEmpty, "\(name): \(String(decoding: report[around], as: UTF8.self))")
            }
        }
    }

    /// As `CertificateReport` makes it.
    private static func report(_ certificate: String) throws -> [UInt8] {
        var report = DataSet()
        report.set(.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.88.11")
        report.set(.sopInstanceUID, .UI, "2.25.2")
        report.set(.studyInstanceUID, .UI, "2.25.1")
        report.set(.manufacturer, .LO, "imaging-gateway")
        report.set(Tag(0x0040, 0xA491), .CS, "COMPLETE")
        report.set(Tag(0x0040, 0xA493), .CS, "UNVERIFIED")
        report.set(.valueType, .CS, "CONTAINER")
        report.set(
            .conceptNameCodeSequence,
            items: [SyntheticDX.code("CERTIFICATE", "99IMGW", "De-identification Certificate")])
        report.set(Tag(0x0040, 0xA050), .CS, "SEPARATE")
        var item = DataSet()
        item.set(.relationshipType, .CS, "CONTAINS")
        item.set(.valueType, .CS, "TEXT")
        item.set(.conceptNameCodeSequence, items: [SyntheticDX.code("121106", "DCM", "Comment")])
        item.set(.textValue, .UT, certificate)
        report.set(.contentSequence, items: [item])
        return try Instance(fileMeta: DataSet(), dataSet: report).serialized()
    }

    @Test("in words that somebody wrote such a name is one")
    func free() throws {
        var item = DataSet()
        item.set(.textValue, .UT, "x")
        for (name, words) in [
            ("Bašić^Ana", "seen by Basic"), ("Dates^Ana", "Mrs Dates"), ("Harbor^Ana", #"{"certificate":"Harbor"}"#),
            ("Gateway^Ana", "gateway, Ana"), ("Ateş^Deniz", "login DATES"),
        ] {
            var identity = KnownIdentity()
            try identity.add(name: name)
            let search = try ResidualSearch(for: identity, dates: .none)
            for (tag, vr) in [
                (Tag.studyDescription, VR.LO), (.textValue, .UT), (.patientComments, .LT), (.institutionName, .LO),
                (.softwareVersions, .LO), (PatientSpecies.description, .LO),
            ] {
                var header = SyntheticDX.header()
                header.set(tag, vr, words)
                let hits = try search.search(SyntheticDX.instance(header).serialized()).hits
                #expect(hits.contains { $0.path == "\(tag.hex.prefix(4)),\(tag.hex.suffix(4))" }, "\(words) \(tag.hex)")
            }
        }
    }
}
