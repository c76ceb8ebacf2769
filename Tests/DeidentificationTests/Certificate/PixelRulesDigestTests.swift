import DICOM
import Deidentification
import JSON
import Testing

@Suite struct PixelRulesDigestTests {
    private func mask(_ changed: String = "", _ by: String = "") throws -> MaskTemplate {
        let yaml = """
            version: 1
            name: head
            match: {modality: [US], manufacturer: ['acme*']}
            rows: 480
            columns: 640
            covered: [{left: 0, top: 0, width: 640, height: 40}]
            """
        return try MaskTemplate(yaml: changed.isEmpty ? yaml : yaml.replacing(changed, with: by))
    }

    private func rules(_ changed: String = "", _ by: String = "") throws -> BurnedInRules {
        let yaml = """
            version: 1
            rules:
              - {name: a, demand: detect, match: {modality: [US, ES]}}
            otherwise: pass
            words: {markers: [L, R], leastCharacters: 3, confidence: [95, 75]}
            """
        return try BurnedInRules(yaml: changed.isEmpty ? yaml : yaml.replacing(changed, with: by))
    }

    @Test func `Each difference that can change a result gives another digest, and none else`() throws {
        let policy = BurnedInPolicy(gate: .risky, rules: try rules(), templates: [try mask()])
        let same = BurnedInPolicy(
            gate: .risky, rules: try rules("[L, R]", "[R, l]"), templates: [try mask("name: head", "# no\nname: head")])
        #expect(same.digest == policy.digest && policy.digest.count == 64)
        var others = [
            BurnedInPolicy(gate: .always, rules: try rules(), templates: [try mask()]),
            BurnedInPolicy(gate: .risky, templates: [try mask()]),
            BurnedInPolicy(gate: .risky, rules: try rules()),
        ]
        for (changed, by) in [
            ("detect", "mask"), ("ES]", "ES, XC]"), ("modality:", "model:"), ("otherwise: pass", "otherwise: detect"),
            ("[L, R]", "[L]"), ("leastCharacters: 3", "leastCharacters: 2"), ("75", "76"),
        ] {
            others.append(BurnedInPolicy(gate: .risky, rules: try rules(changed, by), templates: [try mask()]))
        }
        for (changed, by) in [
            ("left: 0", "left: 1"), ("height: 40", "height: 41"), ("acme", "acne"), ("rows: 480", "rows: 479"),
            ("covered:", "keepUltrasoundRegions: true\ncovered:"),
            ("width: 640, height: 40}", "width: 0.5, height: 0.25, unit: fraction}"),
        ] {
            others.append(BurnedInPolicy(gate: .risky, rules: try rules(), templates: [try mask(changed, by)]))
        }
        let digests = [policy.digest] + others.map(\.digest)
        #expect(Set(digests).count == 17)
    }

    @Test func `The certificate names gate and rules that were applied, beside the profile`() throws {
        let study = try SyntheticDX.study([SyntheticDX.header()])
        let (result, receipt) = try deidentify(study, pseudonyms: SyntheticDX.pseudonyms())
        let certificate = DeidentificationCertificate(
            receipt, studyInstanceUID: result.value.studyInstanceUID.value, instances: [], time: "2026-11-22T03:00:00Z")
        let profile = try DeidentificationProfile.classifier()
        let policy = BurnedInPolicy(gate: profile.textGate)
        #expect(certificate.json["burnedIn"]?["rules"]?.string == policy.digest)
        #expect(certificate.json["burnedIn"]?["gate"]?.string == "never")
        #expect(certificate.json["profile"]?["digest"]?.string == profile.digest)
        #expect(policy.digest(with: profile) != policy.digest)
    }
}
