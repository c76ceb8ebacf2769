internal import FHIR
internal import JSON

/// A message that came over HL7 v2, as the worklist shows it.
struct ReceivedMessage: Sendable {
    let time: FHIRInstant
    /// Such as `ORU^R01`.
    let type: String
    let controlID: String
    /// One line in words.
    let summary: String
}

/// Patients with their orders, the reports on them, and the messages received.
struct WorklistPage {
    let server: RecordServer
    let messages: [ReceivedMessage]
    let root: String
    /// Nil: everybody.
    var patientID: String?

    private static let mostRows = 500

    var content: Markup {
        """
        <h1>\(patientID == nil ? "Worklist" : "Orders and reports")</h1>
        \(orders)
        \(patientID == nil ? received : nil)
        """
    }

    private var orders: Markup {
        let patients = server.store.all("Patient").filter { one in
            patientID.map { $0 == one.key.id } ?? !one.resource.isReplaced
        }
        let rows = patients.suffix(Self.mostRows).flatMap { self.rows(of: $0.key, $0.resource) }
        guard !rows.isEmpty else { return "<section><p>No patients yet.</p></section>" }
        return """
            <section><table>
            <caption>Each row is one order; a report without its order has a row of its own.</caption>
            <thead><tr><th scope="col">Patient</th><th scope="col">Examination</th><th scope="col">Accession</th>\
            <th scope="col">Ordered</th><th scope="col">Order</th><th scope="col">Images</th>\
            <th scope="col">Reports</th></tr></thead>
            <tbody>\(rows)</tbody></table></section>
            """
    }

    private func rows(of key: ResourceKey, _ patient: JSONObject) -> [Markup] {
        func own(_ type: String) -> [(key: ResourceKey, resource: JSONObject)] {
            server.store.all(type).filter { one in
                one.resource.references("subject").contains { self.key($0) == key }
            }
        }
        let (orders, reports, studies) = (own("ServiceRequest"), own("DiagnosticReport"), own("ImagingStudy"))
        var unplaced = reports
        var rows: [Markup] = []
        for order in orders {
            let isOfOrder = { (one: (key: ResourceKey, resource: JSONObject)) in
                one.resource.references("basedOn").contains { self.key($0) == order.key }
            }
            unplaced.removeAll(where: isOfOrder)
            rows.append(
                row(
                    key, patient, order: order.resource, studies: studies.filter(isOfOrder),
                    reports: reports.filter(isOfOrder)))
        }
        rows += unplaced.map { row(key, patient, order: nil, studies: [], reports: [$0]) }
        return rows.isEmpty ? [row(key, patient, order: nil, studies: studies, reports: [])] : rows
    }

    private func row(
        _ key: ResourceKey, _ patient: JSONObject, order: JSONObject?,
        studies: [(key: ResourceKey, resource: JSONObject)], reports: [(key: ResourceKey, resource: JSONObject)]
    ) -> Markup {
        let number = patient.identifiers.first?.value ?? ""
        let links = reports.map { report -> Markup in
            let status = report.resource["status"]?.string ?? "unknown"
            let words = Wording.reportStatus(status)
            let issued = report.resource["issued"]?.string.map(Wording.time) ?? ""
            let results = report.resource.references("result").compactMap(server.resolve)
            let said = results.map { ReportResult(observation: $0) }.map { result -> Markup in
                "<div>\(result.isRefusal ? "Not analysed: this is not a negative result." : result.statement)</div>"
            }
            return """
                <div><a href="\(root)/reports/\(report.key.id)">\(report.resource["code"]?.conceptWords ?? "Report")</a> \
                <span class="tag \(words.isStop ? "stop" : "warn")">\(status)</span> <span class="quiet">\(issued)</span>\(said)</div>
                """
        }
        let images = studies.map { $0.resource["status"]?.string ?? "unknown" }.joined(separator: ", ")
        return """
            <tr><th scope="row"><a href="\(root)/patients/\(key.id)">\(patient.personName)</a>\
            <div class="quiet">\(patient["birthDate"]?.string ?? "") \(number)</div></th>\
            <td>\(order?["code"]?.conceptWords ?? "–")</td><td>\(order?.identifier(type: "ACSN") ?? "–")</td>\
            <td>\((order?["authoredOn"]?.string).map(Wording.time) ?? "–")</td>\
            <td>\(order?["status"]?.string ?? "–")</td><td>\(images.isEmpty ? "not announced" : images)</td>\
            <td>\(links.isEmpty ? ["none yet"] : links)</td></tr>
            """
    }

    private var received: Markup? {
        guard !messages.isEmpty else { return nil }
        let rows = messages.suffix(Self.mostRows).map { message -> Markup in
            """
            <tr><td>\(Wording.time(message.time.text, withSeconds: true))</td><th scope="row">\(message.type)</th>\
            <td class="mono">\(message.controlID)</td><td>\(message.summary)</td></tr>
            """
        }
        return """
            <section><h2>HL7 messages received</h2><table><thead><tr><th scope="col">Time</th><th scope="col">Type</th>\
            <th scope="col">Control ID</th><th scope="col">What it says</th></tr></thead><tbody>\(rows)</tbody></table></section>
            """
    }

    private func key(_ reference: Reference) -> ResourceKey? {
        reference.reference.flatMap { ReferenceIntegrity.key($0, base: server.base) }
    }
}

extension JSONObject {
    /// A Patient that was merged into another one (R4 Patient.link).
    fileprivate var isReplaced: Bool {
        (self["link"]?.array ?? []).contains { $0["type"]?.string == "replaced-by" }
    }
}
