import Foundation
import HL7v2
import Mapping
import Testing

/// Invented orders, the shipped mapping files, and assigners.
enum Examples {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let hospital = Assigner(name: "hospital")
    static let ris = Assigner(name: "ris")
    static let his = Assigner(name: "his")

    static func assigners() throws -> AssignerDirectory {
        try AssignerDirectory([
            AssignerEntry(name: "hospital", hl7: ["HOSP", "1.2.3"], fhir: "urn:oid:1.2.3.4", dicom: ["HOSP"]),
            AssignerEntry(name: "ris", hl7: ["RIS"], fhir: "http://ris.example/numbers", dicom: ["RIS"]),
            AssignerEntry(name: "his", hl7: ["HIS"], fhir: "http://his.example/orders"),
        ])
    }

    static func sender(timeZone: String? = "+01:00", defaultAssigner: Assigner? = ris) throws -> OrderSender {
        OrderSender(
            name: "his", assigners: try assigners(), defaultAssigner: defaultAssigner,
            timeZone: try timeZone.map { zone throws(MappingError) in try SourceTimeZone(identifier: zone) })
    }

    /// The folder `mappings/`, also where the tests are reached by a link.
    static var mappings: URL {
        let linked = package.appending(path: "mappings")
        guard !FileManager.default.fileExists(atPath: linked.path) else { return linked }
        return URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(
                path: "mappings")
    }

    static func file(_ name: String) throws -> String {
        try String(contentsOf: mappings.appending(path: name), encoding: .utf8)
    }

    /// The shipped YAML files, read once.
    private static let shipped = Result {
        var texts: [String: String] = [:]
        for folder in ["orders", "sites", "codes", "routing"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: mappings.appending(path: folder).path)
            for name in names where name.hasSuffix(".yaml") {
                texts["\(folder)/\(name)"] = try file("\(folder)/\(name)")
            }
        }
        return texts
    }

    /// The shipped default for the usual sender, read once: most tests ask for it.
    private static let usual = Result {
        try OrderMapping(path: "orders/default.yaml", in: files(), sender: sender())
    }

    /// The shipped YAML files, with others added or put in their place.
    static func files(with changes: [String: String] = [:]) throws -> MappingFiles {
        MappingFiles(try shipped.get().merging(changes) { _, changed in changed })
    }

    static func mapping(_ name: String = "orders/default.yaml", sender: OrderSender? = nil) throws -> OrderMapping {
        guard sender != nil || name != "orders/default.yaml" else { return try usual.get() }
        return try OrderMapping(path: name, in: files(), sender: sender ?? Self.sender())
    }

    /// A site's file over the shipped default.
    static func site(_ text: String, sender: OrderSender? = nil) throws -> OrderMapping {
        let yaml = "version: 1\nextends: ../orders/default.yaml\n" + text
        return try OrderMapping(
            path: "sites/test.yaml", in: files(with: ["sites/test.yaml": yaml]), sender: sender ?? Self.sender())
    }

    /// The message of a worked example of `mappings/sites/`.
    static func sample(_ name: String) throws -> Message {
        let bytes = try Data(contentsOf: mappings.appending(path: "sites/examples/\(name).hl7"))
        return try Message(parsing: [UInt8](bytes))
    }

    static let orm = [
        #"MSH|^~\&|HIS|HOSP|IMGAI|RAD|20260301090000+0100||ORM^O01|M1|P|2.3.1|||AL|NE||8859/1"#,
        "PID|1||4711^^^HOSP^MR~0815^^^CITY^PI||DOE^ANNA||20220102|F",
        "ORC|NW|P100^HIS|F200^RIS||SC||1^once^^20260301093000^^S||20260301085500",
        "OBR|1|P100^HIS|F200^RIS|XRCH2^XR Chest 2 views^L||||||||||||||ACC900|RP1|SPS1||||DX",
        "ZDS|1.2.3.4.5^RIS^Application^DICOM",
    ]

    static let omi = [
        #"MSH|^~\&|HIS|HOSP|IMGAI|RAD|20260301090000+0100||OMI^O23^OMI_O23|M2|P|2.5.1|||AL|NE||UNICODE UTF-8"#,
        "PID|1||4711^^^HOSP^MR~0815^^^CITY^PI||DOE^ANNA||20220102|F",
        "ORC|NW|P100^HIS|F200^RIS||SC||||20260301085500",
        "TQ1|1||||||20260301093000||S^STAT^HL70485",
        "OBR|1|P100^HIS|F200^RIS|XRCH2^XR Chest 2 views^L",
        "IPC|ACC900^RIS|RP1^RIS|1.2.3.4.5|SPS1^RIS|DX",
    ]

    static func message(_ lines: [String]) throws -> Message {
        try Message(parsing: Array(lines.map { $0 + "\r" }.joined().utf8))
    }

    /// The only order of a message made of `lines`, with some of them replaced by segment name.
    static func candidate(
        _ lines: [String] = orm, replacing changes: [String: String] = [:], by mapping: OrderMapping? = nil
    ) throws -> OrderCandidate {
        let changed = lines.compactMap { line -> String? in
            guard let change = changes[String(line.prefix(3))] else { return line }
            return change.isEmpty ? nil : change
        }
        let candidates = try (mapping ?? Self.mapping()).orders(from: message(changed))
        try #require(candidates.count == 1)
        return candidates[0]
    }
}

/// SplitMix64: the same inputs for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// `bytes` with one to five places damaged.
    mutating func damaged(_ bytes: [UInt8], with interesting: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...5, using: &self) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes[index] = interesting.randomElement(using: &self) ?? 0
            case 2: bytes.insert(interesting.randomElement(using: &self) ?? 0, at: index)
            case 3: bytes.removeSubrange(index..<min(index + 12, bytes.count))
            default:
                bytes.insert(contentsOf: bytes[index...].prefix(60), at: Int.random(in: bytes.indices, using: &self))
            }
        }
        return bytes
    }
}
