import JSON

/// What the profiles of IHE BALP demand (`references/audit.md` §2), as a table that knows nothing of the renderer.
struct BasicAuditRule {
    static let base = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/"
    static let dicom = "http://dicom.nema.org/resources/ontology/DCM"
    static let rest = "http://terminology.hl7.org/CodeSystem/audit-event-type|rest"
    static let interaction = "http://hl7.org/fhir/restful-interaction|"

    let type: String
    /// One of these.
    let subtypes: Set<String>
    let action: String
    /// Codes of the two ends, exactly one each.
    let ends: [String]
    /// Types that the person's agent may have.
    let users: Set<String>
    /// How many entities of type 2, and the roles that they may have; nil where the profile does not say.
    let systemObjects: Int?
    let roles: Set<String>
    let isQuery: Bool
    let patients: Int
    /// Whether the gateway, the source of what goes out, is the observer too.
    let sourceIsObserver: Bool

    static let rules: [String: BasicAuditRule] = {
        let participation = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType|"
        let recipients: Set = [participation + "IRCP"]
        let authors = Set(["AUT", "INF", "CST"].map { participation + $0 })
        var rules: [String: BasicAuditRule] = [:]
        for (name, patients) in [("", 0), ("Patient", 1)] {
            rules["IHE.BasicAudit.\(name)Read"] = rest(
                ["read", "vread"], "R", ["110152", "110153"], recipients, patients)
            rules["IHE.BasicAudit.\(name)Create"] = rest(["create"], "C", ["110153", "110152"], authors, patients)
            rules["IHE.BasicAudit.\(name)Update"] = rest(
                ["update", "patch"], "U", ["110153", "110152"], authors, patients)
            rules["IHE.BasicAudit.\(name)Query"] = BasicAuditRule(
                type: rest, subtypes: Set(["search", "search-type", "search-system"].map { interaction + $0 }),
                action: "E", ends: ["110153", "110152"], users: recipients, systemObjects: 1, roles: ["24"],
                isQuery: true, patients: patients, sourceIsObserver: false)
        }
        rules["IHE.BasicAudit.PrivacyDisclosure.Source"] = BasicAuditRule(
            type: dicom + "|110106",
            subtypes: ["http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle|disclose"], action: "R",
            ends: ["110153", "110152"], users: [], systemObjects: nil, roles: [], isQuery: false, patients: 1,
            sourceIsObserver: true)
        return rules
    }()

    private static func rest(
        _ interactions: [String], _ action: String, _ ends: [String], _ users: Set<String>, _ patients: Int
    ) -> BasicAuditRule {
        BasicAuditRule(
            type: rest, subtypes: Set(interactions.map { interaction + $0 }), action: action, ends: ends, users: users,
            systemObjects: 1, roles: ["3", "4", "20"], isQuery: false, patients: patients, sourceIsObserver: false)
    }

    /// What an event lacks of the profiles that it claims; nil where it claims none.
    static func violations(of event: JSONValue) -> [String]? {
        guard let profiles = event["meta"]?["profile"]?.array else { return nil }
        return profiles.flatMap { profile -> [String] in
            guard let canonical = profile.string, canonical.hasPrefix(base),
                let rule = rules[String(canonical.dropFirst(base.count))]
            else { return ["no such profile"] }
            return rule.violations(of: event)
        }
    }

    private func violations(of event: JSONValue) -> [String] {
        var violations: [String] = []
        func demand(_ holds: Bool, _ text: String) { if !holds { violations.append(text) } }
        demand(Self.token(event["type"]) == type, "type")
        let subtypes = event["subtype"]?.array ?? []
        demand(subtypes.contains { self.subtypes.contains(Self.token($0)) }, "subtype")
        demand(
            subtypes.allSatisfy { $0["display"] == nil || !self.subtypes.contains(Self.token($0)) || isExact($0) },
            "subtype.display")
        demand(event["action"]?.string == action, "action")
        demand(event["outcome"]?.string == "0", "outcome")
        demand(event["recorded"]?.string?.hasSuffix("Z") == true, "recorded")
        agents(event, demand)
        entities(event["entity"]?.array ?? [], demand)
        return violations
    }

    private func isExact(_ coding: JSONValue) -> Bool {
        type != Self.rest || isQuery || coding["display"] == coding["code"]
    }

    private func agents(_ event: JSONValue, _ demand: (Bool, String) -> Void) {
        let agents = event["agent"]?.array ?? []
        for code in ends {
            let end = agents.filter { Self.token($0["type"]?["coding"]?[0]) == "\(Self.dicom)|\(code)" }
            demand(end.count == 1, "agent \(code)")
            demand(end.allSatisfy { $0["who"]?.object?.isEmpty == false }, "agent \(code).who")
            demand(end.allSatisfy { $0["network"]?["address"]?.string?.isEmpty == false }, "agent \(code).network")
            demand(end.allSatisfy { ["1", "2", "5"].contains($0["network"]?["type"]?.string) }, "agent.network.type")
            demand(end.allSatisfy { $0["media"] == nil }, "agent \(code).media")
        }
        let persons = agents.filter { users.contains(Self.token($0["type"]?["coding"]?[0])) }
        demand(persons.count <= 1, "user")
        demand(
            persons.allSatisfy { $0["requestor"]?.bool == true && $0["who"] != nil && $0["network"] == nil }, "user")
        demand(agents.allSatisfy { $0["requestor"]?.bool != nil }, "requestor")
        if sourceIsObserver {
            let source = agents.first { Self.token($0["type"]?["coding"]?[0]) == "\(Self.dicom)|110153" }
            demand(source?["who"] == event["source"]?["observer"], "val-audit-source")
        }
    }

    private func entities(_ entities: [JSONValue], _ demand: (Bool, String) -> Void) {
        let type = "http://terminology.hl7.org/CodeSystem/audit-entity-type|"
        let role = "http://terminology.hl7.org/CodeSystem/object-role|"
        let objects = entities.filter { Self.token($0["type"]) == type + "2" }
        if let systemObjects {
            demand(objects.count == systemObjects, "entity of type 2")
            demand(objects.allSatisfy { roles.map { role + $0 }.contains(Self.token($0["role"])) }, "entity.role")
            demand(objects.allSatisfy { isQuery ? isPlainQuery($0) : $0["what"] != nil }, "entity of type 2: content")
        }
        let persons = entities.filter { Self.token($0["type"]) == type + "1" }
        demand(persons.count == patients, "patient")
        demand(persons.allSatisfy { Self.token($0["role"]) == role + "1" }, "patient.role")
        demand(
            persons.allSatisfy { $0["what"]?["reference"] != nil || $0["what"]?["identifier"]?["value"] != nil },
            "patient.what")
        demand(entities.count > patients, "entity")
        for id in entities where id["type"]?["code"]?.string == "XrequestId" {
            demand(id["what"]?["identifier"]?["value"]?.string?.isEmpty == false, "X-Request-Id")
        }
        demand(entities.allSatisfy { $0["name"] == nil || $0["query"] == nil }, "sev-1")
    }

    private func isPlainQuery(_ entity: JSONValue) -> Bool {
        guard let query = entity["query"]?.string, !query.isEmpty, query.utf8.count % 4 == 0 else { return false }
        let isBase64 = query.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || $0 == 0x2B || $0 == 0x2F || $0 == 0x3D
        }
        return isBase64 && ["what", "lifecycle", "detail"].allSatisfy { entity[$0] == nil }
    }

    private static func token(_ coding: JSONValue?) -> String {
        "\(coding?["system"]?.string ?? "")|\(coding?["code"]?.string ?? "")"
    }
}
