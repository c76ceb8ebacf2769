internal import FHIR
internal import JSON

/// How a report was made: model, version, weights, de-identification.
struct ReportOrigin {
    let results: [ReportResult]
    let server: RecordServer

    var markup: Markup? {
        let devices = results.compactMap { $0.observation.references("device").lazy.compactMap(server.resolve).first }
        var facts: [(String, String?)] = []
        for device in devices {
            facts.append(("Model", device["deviceName"]?[0]?["name"]?.string ?? device["modelNumber"]?.string))
            facts.append(("Kind", device["type"]?.conceptWords))
        }
        facts += results.flatMap(\.details).map { ($0.name, $0.value) }
        facts += devices.flatMap { device in
            (device["note"]?.array ?? []).dropFirst().map { ("About the model", $0["text"]?.string) }
        }
        guard !facts.isEmpty else { return nil }
        return "<section><h2>How it was made</h2>\(ReportPage.facts(facts))</section>"
    }
}

/// The report's versions with times, and the resources as they stand.
struct ReportVersions {
    let id: String
    let server: RecordServer

    var markup: Markup {
        let key = ResourceKey(type: "DiagnosticReport", id: id)
        let rows = server.store.history(key).map { version -> Markup in
            let link = "\(server.base)/\(key.reference)/_history/\(version.number)?_pretty=true"
            let status = version.resource?["status"]?.string ?? "deleted"
            return """
                <tr><th scope="row">\(version.number)</th><td>\(Wording.time(version.lastUpdated.text, withSeconds: true))</td>\
                <td>\(status)</td><td class="links"><a href="\(link)">JSON<span> of version \(version.number)</span></a></td></tr>
                """
        }
        return """
            <section><h2>Versions of this report</h2>
            <table><thead><tr><th scope="col">Version</th><th scope="col">Stored</th><th scope="col">Status</th>\
            <th scope="col" class="links">As it stands</th></tr></thead><tbody>\(rows)</tbody></table>
            <p class="links">Resources as JSON: \(related)</p></section>
            """
    }

    private var related: [Markup] {
        let key = ResourceKey(type: "DiagnosticReport", id: id)
        guard let report = server.store.resource(key) else { return [] }
        let names = ["subject", "basedOn", "imagingStudy", "result"]
        let pointed = names.flatMap { report.references($0) }
        let devices = pointed.compactMap(server.resolve).flatMap { $0.references("device") }
        let keys = (pointed + devices).compactMap {
            $0.reference.flatMap { ReferenceIntegrity.key($0, base: server.base) }
        }
        return ([key] + keys).enumerated().map { index, key in
            "\(index == 0 ? "" : " · ")<a href=\"\(server.base)/\(key.reference)?_pretty=true\">\(key.type)</a>"
        }
    }
}
