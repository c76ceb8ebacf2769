import Mapping
import Testing

@Suite("Assigners and identity (design §4)")
struct IdentityTests {
    func id(_ assigner: Assigner?, _ value: String) -> AssignedIdentifier {
        AssignedIdentifier(assigner: assigner, value: value)
    }

    @Test("an identifier is the same only with a known assigner and the same bytes after padding")
    func same() {
        let one = id(Examples.hospital, "4711")
        #expect(one.isSame(as: id(Examples.hospital, " 4711\0")))
        #expect(one.isSame(as: AssignedIdentifier(assigner: Examples.hospital, value: "4711", typeCode: "MR")))
        #expect(!one.isSame(as: id(Examples.ris, "4711")))
        #expect(!one.isSame(as: id(Examples.hospital, "04711")))
        #expect(!id(nil, "4711").isSame(as: id(nil, "4711")))
        #expect(!one.isSame(as: id(nil, "4711")))
        #expect(!id(Examples.hospital, " ").isSame(as: id(Examples.hospital, "")))
        // One text to Swift, two to a byte comparison.
        #expect(!id(Examples.hospital, "\u{E9}").isSame(as: id(Examples.hospital, "e\u{301}")))
    }

    /// Namespace, universal ID, and the assigner that they name.
    static let names: [(String?, String?, Assigner?)] = [
        ("HOSP", nil, Examples.hospital), (" HOSP ", nil, Examples.hospital), ("hosp", nil, nil), ("", "", nil),
        (nil, nil, nil), (nil, "1.2.3", Examples.hospital), (nil, "1.2.3.4", Examples.hospital),
        ("HOSP", "1.2.3", Examples.hospital), ("OTHER", "1.2.3", Examples.hospital), ("HOSP", "9.9", nil),
        ("RIS", "1.2.3", nil), ("RIS", "9.9", Examples.ris), ("OTHER", "9.9", nil),
    ]

    @Test("namespace and universal ID name one assigner or none", arguments: names)
    func hl7(namespace: String?, universalID: String?, expected: Assigner?) throws {
        #expect(try Examples.assigners().assigner(namespace: namespace, universalID: universalID) == expected)
    }

    @Test("FHIR systems and DICOM issuers, there and back")
    func otherStandards() throws {
        let directory = try Examples.assigners()
        #expect(directory.assigner(fhirSystem: "urn:oid:1.2.3.4") == Examples.hospital)
        #expect(directory.assigner(fhirSystem: "urn:oid:1.2.3") == nil)
        #expect(directory.assigner(dicomIssuer: "HOSP ") == Examples.hospital)
        #expect(directory.fhirSystem(of: Examples.hospital) == "urn:oid:1.2.3.4")
        #expect(directory.dicomIssuers(of: Examples.ris) == ["RIS"])
        #expect(directory.assigner(named: "ris") == Examples.ris)
        #expect(directory.assigner(named: "nobody") == nil)
    }

    @Test("a name that two assigners claim, or that could not stand in a key, is refused")
    func ambiguous() {
        let a = AssignerEntry(name: "a", hl7: ["X"], fhir: "urn:x", dicom: ["X"])
        for other in [
            AssignerEntry(name: "a"), AssignerEntry(name: "b", hl7: ["X"]), AssignerEntry(name: "b", fhir: "urn:x"),
            AssignerEntry(name: "b", dicom: ["X "]),
        ] {
            #expect(throws: MappingError.self) { try AssignerDirectory([a, other]) }
        }
        for name in ["", "a|b", "a b", "ä"] {
            #expect(throws: MappingError(.invalidValue, keyPath: "assigners[0]")) {
                try AssignerDirectory([AssignerEntry(name: name)])
            }
        }
    }

    @Test("keys: only with a known assigner, strongest first, one of each kind")
    func keys() {
        let identity = OrderIdentity(
            accession: id(nil, "A"), filler: id(Examples.ris, "F"), placer: id(Examples.his, "P"))
        #expect(identity.keys.map(\.indexText) == ["filler|ris|F", "placer|his|P"])
        #expect(identity.strongest?.kind == .filler)
        #expect(identity.accession == nil)
        #expect(OrderIdentity().strongest == nil)
    }

    @Test("orders are one if they share any key of the same kind")
    func sharing() {
        let one = OrderIdentity(accession: id(Examples.ris, "1"), placer: id(Examples.his, "2"))
        #expect(one.sharesKey(with: OrderIdentity(placer: id(Examples.his, "2"))))
        #expect(!one.sharesKey(with: OrderIdentity(filler: id(Examples.ris, "1"))))
        #expect(!one.sharesKey(with: OrderIdentity(placer: id(Examples.ris, "2"))))
        #expect(!OrderIdentity().sharesKey(with: OrderIdentity()))
    }

    @Test("the text of a key never stands for another key")
    func indexText() throws {
        let texts = [("a", "b|c"), ("a.b", "c"), ("a", "b.c")].compactMap {
            OrderKey(.placer, id(Assigner(name: $0.0), $0.1))?.indexText
        }
        #expect(Set(texts).count == 3)
    }
}
