import Foundation
import JSON
import MessageDeidentification
import Testing

/// Free text, and texts that begin or look as something that may stay.
private let hl7Texts = [
    "Brunhilde Zwackelmann 0171 5551234", "Zwackelmann", "ZWACKELMANN", "20240105 seen with cousin Zwackelmann",
    "20240105103000+0100Zwackelmann", "20240105103000.Zwackelmann", "Zwackelmann^^LN", "Zwackelmann^^HL70001",
    "x^y^z^Zwackelmann^^LN", "5551234", "01715551234", "0171.5551234", "2024.5551234",
    "1.2.840.10008.77.5551234.1", "<^5551234^-^01715551234", "Zwackelmann&Brunhilde^Zwackelmann~5551234&5551234",
    "Brunhilde\\T\\Zwackelmann", "P^Zwackelmann", "72 Zwackelmann",
]

private let fhirTexts: [(text: JSONValue, system: String?)] = [
    ("Brunhilde Zwackelmann 0171 5551234", nil), ("Zwackelmann", nil), ("Zwackelmann", "http://loinc.org"),
    ("5551234", "http://snomed.info/sct"), ("Zwackelmann", "http://unitsofmeasure.org"),
    ("Zwackelmann", "http://terminology.hl7.org/CodeSystem/v3-ActCode"), ("Zwackelmann", "urn:ietf:rfc:3986"),
    ("2024-01-05 Zwackelmann", nil), ("2024-01-05T10:00:00Z Zwackelmann", nil), ("2024-01-05T10:00:00.5551234Z", nil),
    ("10:00:00 Zwackelmann", nil), ("http://hl7.org/fhir/StructureDefinition/Zwackelmann", nil),
    ("http://hl7.org/fhir/StructureDefinition/Patient|Zwackelmann", nil), ("http://loinc.org/Zwackelmann", nil),
    ("http://loinc.org#Zwackelmann", nil), ("urn:oid:1.2.840.10008.77.5551234.1", nil),
    ("1.2.840.10008.77.5551234.1", nil), ("urn:uuid:Zwackelmann", nil), ("#Zwackelmann", nil),
    ("application/Zwackelmann", nil), ("true Zwackelmann", nil), ("ZmFrZQ==5551234", nil),
    (.number(JSONNumber(5_551_234)), nil), (.number(JSONNumber(-1_715_551_234)), nil), (["Zwackelmann"], nil),
    (["value": "Zwackelmann", "div": "Zwackelmann"], nil),
]

/// A resource of one type with the same value in each of its elements, built from the standard's table.
private struct FilledResource {
    let elements: [(path: String, isList: Bool, types: [String])]
    private let children: [String: [Int]]

    init() throws {
        let file = Shipped.root.appendingPathComponent("Sources/MessageDeidentification/Rules/elements.tsv")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        elements = lines.map { line in
            let columns = line.split(separator: "\t").map(String.init)
            return (columns[0], columns[2] != "1", columns[3].split(separator: "|").map(String.init))
        }
        var children: [String: [Int]] = [:]
        for (index, element) in elements.enumerated() {
            guard let dot = element.path.lastIndex(of: ".") else { continue }
            children[String(element.path[..<dot]), default: []].append(index)
        }
        self.children = children
    }

    var types: [String] {
        elements.map(\.path).filter { $0.hasSuffix(".meta") }.map { String($0.dropLast(5)) }
            .filter { $0 != "Resource" && $0 != "DomainResource" }
    }

    func resource(_ type: String, _ value: JSONValue, _ system: String?) -> JSONValue {
        var object = fill(type, value, system, depth: 0)
        object["resourceType"] = .string(type)
        object["id"] = "Zwackelmann"
        return .object(object)
    }

    private func fill(_ path: String, _ value: JSONValue, _ system: String?, depth: Int) -> JSONObject {
        var object = JSONObject()
        for index in children[path] ?? [] {
            let element = elements[index]
            let name = String(element.path.split(separator: ".").last ?? "")
            guard name != "modifierExtension", name != "implicitRules" else { continue }
            let choice = name.hasSuffix("[x]")
            // An extension goes whole; filled with all its types in every element it would be most of the resource.
            guard name != "extension" else {
                object[name] = [["url": value, "valueString": value, "valueBoolean": value]]
                continue
            }
            // What these hold is known as the patient's afterwards: words of a URL would be looked for in all others.
            let isIdentity = ["name", "telecom", "address", "identifier"].contains(name)
            let value = isIdentity ? "Brunhilde Zwackelmann" : value
            let system = isIdentity ? nil : system
            for type in choice ? element.types : Array(element.types.prefix(1)) {
                let member = choice ? name.dropLast(3) + type.prefix(1).uppercased() + type.dropFirst() : name
                var one = filled(type, element.path, value, system, depth: depth)
                if name == "system", let system { one = .string(system) }
                object[member] = element.isList ? [one] : one
                object["_" + member] = ["id": value, "extension": [["url": value, "valueString": value]]]
            }
        }
        return object
    }

    private func filled(_ type: String, _ path: String, _ value: JSONValue, _ system: String?, depth: Int) -> JSONValue
    {
        if type == "Resource" {
            return depth > 1
                ? ["resourceType": "Basic", "language": value] : resource("Basic", value, system, depth: depth)
        }
        let next =
            type.hasPrefix("#")
            ? String(type.dropFirst()) : ["BackboneElement", "Element"].contains(type) ? path : type
        guard children[next] != nil, depth < 3 else { return value }
        return .object(fill(next, value, system, depth: depth + 1))
    }

    private func resource(_ type: String, _ value: JSONValue, _ system: String?, depth: Int) -> JSONValue {
        var object = fill(type, value, system, depth: depth + 3)
        object["resourceType"] = .string(type)
        return .object(object)
    }
}

@Suite("Free text in every place")
struct FreeTextTests {
    private func leaks(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        return ["brunhilde", "zwackel", "5551234", "cousin"].contains { text.contains($0) }
    }

    @Test("text in any element of any resource does not leave under any profile that ships", arguments: Shipped.names)
    func fhir(_ profile: String) throws {
        let deidentifier = try Shipped.deidentifier(profile)
        let filled = try FilledResource()
        #expect(filled.types.count > 30)
        for (value, system) in fhirTexts {
            for type in filled.types {
                let resource = filled.resource(type, value, system)
                let result = try deidentifier.deidentify(fhirJSON: resource.serialized())
                #expect(!leaks(result.bytes), "\(type) \(value)")
            }
        }
    }

    private static let segments = """
        MSH PID PV1 ORC TQ1 OBR IPC ZDS DG1 MSA NK1 GT1 IN1 NTE ZPI AL1 EVN MRG TXA PRT SPM SAC CTD ROL PD1 PV2 FT1 ERR
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    private static let valueTypes = """
        AD AUI CCD CCP CD CE CF CK CN CNE CNN CP CQ CWE CX DDI DIN DLD DLN DLT DR DT DTM DTN ED EI EIP ELD ERL FC FN FT GTS
        HD ICD ID IS JCC LA1 LA2 MA MO MOC MOP MSG NA NDL NM NR OCD OSD OSP PIP PL PLN PPN PRL PT PTA QIP QSC RCD RFR RI RMC
        RP RPT SAD SCV SI SN SNM SPD SPS SRT ST TM TN TQ TS TX UVC VH VID VR XAD XCN XON XPN XTN ZZ Zwackelmann
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    @Test(
        "text in any field of any segment and data type does not leave under any profile that ships",
        arguments: Shipped.names)
    func hl7(_ profile: String) throws {
        let deidentifier = try Shipped.deidentifier(profile)
        for text in hl7Texts {
            let all = Array(repeating: text, count: 60)
            var lines = Self.segments.dropFirst().map { "\($0)|" + all.joined(separator: "|") }
            lines += Self.valueTypes.map { "OBX|1|\($0)|8867-4^^LN|" + all.prefix(24).joined(separator: "|") }
            for header in [
                // The reader of the message needs its type, version and character set.
                Array(all.prefix(6) + ["ORU^R01^ORU_R01", text, text, "2.5.1"] + all.prefix(5) + ["UNICODE UTF-8"]),
                ["", "", "", "", "", "", "ORU^R01^\(text)", "1", "P", "2.5.1^\(text)"],
            ] {
                let message = (["MSH|^~\\&|" + header.joined(separator: "|")] + lines + [""]).joined(separator: "\r")
                let result = try deidentifier.deidentify(hl7: Array(message.utf8))
                #expect(!leaks(result.bytes), "\(text)")
            }
        }
    }
}
