internal import FHIR
internal import JSON

/// A DiagnosticReport as a clinician reads it: who, how far to trust it, what was asked, what was seen, how sure,
/// where, what it does not know, and how it was made.
struct ReportPage {
    let id: String
    let report: JSONObject
    let server: RecordServer
    let root: String
    let now: FHIRInstant

    var page: RecordPage {
        let patient = report.references("subject").lazy.compactMap(server.resolve).first
        let title = "Report on \(patient?.personName ?? "an unknown patient")"
        return RecordPage(
            title: title, banner: "\(PatientBanner(patient: patient, now: now).markup)\(statusBanner)",
            content: content(age: examinationAge(patient)), root: root)
    }

    private var results: [ReportResult] {
        report.references("result").compactMap(server.resolve).map { ReportResult(observation: $0) }
    }

    private var isByAlgorithm: Bool {
        report["conclusion"]?.string?.contains("AI-generated") == true
            || results.contains { $0.observation["device"] != nil }
    }

    private var isUnread: Bool {
        isByAlgorithm && report["resultsInterpreter"] == nil
            && ["registered", "partial", "preliminary"].contains(report["status"]?.string ?? "")
    }

    private var statusBanner: Markup {
        let status = Wording.reportStatus(report["status"]?.string ?? "")
        let origin = isByAlgorithm ? "AI-generated, not for clinical use" : "not for clinical use"
        return """
            <div class="status\(status.isStop ? " stop" : "")" role="region" aria-label="Status of the report">\
            <div class="inner"><strong>\(status.words) – \(origin)</strong>\
            \(isUnread ? "Written by a program. No physician has signed it." : "")</div></div>
            """
    }

    private func examinationAge(_ patient: JSONObject?) -> String? {
        report["effectiveDateTime"]?.string.flatMap { Wording.age(born: patient?["birthDate"]?.string, on: $0) }
    }

    private func content(age: String?) -> Markup {
        """
        <h1>\(report["code"]?.conceptWords ?? "Report")</h1>
        <p class="quiet">Issued \(report["issued"]?.string.map(Wording.time) ?? "at an unknown time")</p>
        \(results.isEmpty ? wordsOnly : results.map(seen))
        <div class="columns"><div>\(results.compactMap(howSure))\(asked(age: age))</div>\(pictures)</div>
        \(limits)
        \(ReportOrigin(results: results, server: server).markup)
        \(ReportVersions(id: id, server: server).markup)
        """
    }

    /// A report without results of its own: its conclusion is all there is.
    private var wordsOnly: [Markup] {
        [
            "<section><h2>What the report says</h2><p>\(report["conclusion"]?.string ?? "Nothing in words.")</p></section>"
        ]
    }

    private func seen(_ result: ReportResult) -> Markup {
        guard result.isRefusal else {
            return """
                <section><h2>What was seen</h2><p class="said">\(result.statement)</p>\
                \(result.undecidedReason.map { "<p>Why: \($0)</p>" as Markup })
                <p class="quiet">Looked for: \(result.finding) only\
                \(result.interpretation.map { ". Interpretation: \($0)." } ?? ".")</p></section>
                """
        }
        let notice = "Not analysed: this is not a negative result."
        let reason = result.statement.replacing(notice, with: "")
        return """
            <section class="refused"><h2>Result</h2><p class="said">\(notice)</p>
            <p>Why: \(reason.isEmpty ? "no reason is given" : reason)</p>
            <p class="quiet">Asked for: \(result.finding)\(result.refusalCode.map { " · reason code \($0)" } ?? "")</p>
            </section>
            """
    }

    private func howSure(_ result: ReportResult) -> Markup? {
        guard !result.isRefusal else { return nil }
        guard let scale = ProbabilityScale(result) else {
            return "<section><h2>How sure</h2><p>The report gives no probability.</p></section>"
        }
        return "<section><h2>How sure</h2>\(scale.markup)</section>"
    }

    /// Nil where nothing was analysed and no picture could be expected.
    private var pictures: Markup? {
        let shown = (report["presentedForm"]?.array ?? []).compactMap(ReportPicture.init)
        let figures = shown.map { picture -> Markup in
            let caption = picture.title ?? "A picture in the report, without a title."
            return """
                <figure><img src="\(picture.source)" alt="Picture from the report. \(caption)">\
                <figcaption>\(caption)</figcaption></figure>
                """
        }
        guard !figures.isEmpty else {
            return results.contains(where: \.isRefusal)
                ? nil : "<section><h2>Where</h2><p>No picture was sent.</p></section>"
        }
        return "<section><h2>Where</h2>\(figures)</section>"
    }

    private func asked(age: String?) -> Markup {
        let orders = report.references("basedOn")
        let order = orders.lazy.compactMap(server.resolve).first
        let study = report.references("imagingStudy").lazy.compactMap(server.resolve).first
        let facts: [(String, String?)] = [
            ("Examination", order?["code"]?.conceptWords),
            ("Order", order?.identifier(type: "PLAC") ?? orders.lazy.compactMap { $0.identifier?.value }.first),
            ("Accession number", order?.identifier(type: "ACSN") ?? study?.identifier(type: "ACSN")),
            ("Ordered", (order?["authoredOn"]?.string).map(Wording.time)),
            ("Order is now", order?["status"]?.string),
            ("Images", study.map { Self.words(study: $0) }),
            ("Examined", (study?["started"]?.string ?? report["effectiveDateTime"]?.string).map(Wording.time)),
            ("Age at examination", age),
        ]
        let missing: Markup? = order == nil ? "<p>The order is not in this record.</p>" : nil
        return "<section><h2>What was asked</h2>\(missing)\(Self.facts(facts))</section>"
    }

    private static func words(study: JSONObject) -> String {
        let modalities = (study["modality"]?.array ?? []).compactMap { $0["code"]?.string }.joined(separator: ", ")
        let count = study["numberOfInstances"]?.int.map { $0 == 1 ? "1 image" : "\($0) images" }
        let parts = [study["description"]?.string, modalities.isEmpty ? nil : modalities, count]
        return parts.compactMap { $0 }.joined(separator: " · ")
    }

    private var limits: Markup {
        let remarks = results.filter { !$0.isRefusal }.flatMap(\.remarks).map { "<li>\($0)</li>" as Markup }
        let looked = results.map { result -> Markup in
            result.isRefusal
                ? "<li>Nothing was looked for, neither “\(result.finding)” nor anything else.</li>"
                : "<li>Only “\(result.finding)” was asked of the model; nothing else was looked for.</li>"
        }
        return """
            <section><h2>What it does not know</h2><ul>\(remarks)\(isByAlgorithm ? looked : [])\
            <li>The report does not say that earlier images, the history or an examination of the patient were \
            used.</li>
            <li>It replaces no reading by a physician.</li></ul></section>
            """
    }

    static func facts(_ facts: [(String, String?)]) -> Markup {
        let rows = facts.compactMap { name, value in
            value.map { "<dt>\(name)</dt><dd>\($0)</dd>" as Markup }
        }
        return "<dl class=\"facts\">\(rows)</dl>"
    }
}

extension RecordServer {
    /// The resource that a reference means, if it is here.
    func resolve(_ reference: Reference) -> JSONObject? {
        reference.reference.flatMap { ReferenceIntegrity.key($0, base: base) }.flatMap(store.resource)
    }
}
