/// Accounting of disclosures: for each the date, who received it, what, and why (45 CFR 164.528(b)(2)).
extension AuditReport {
    var disclosureSections: [Document.Section] { [accounted, exempt] }

    var disclosures: [ReportedAccess] { accesses.filter { $0.accessClass == .disclosure } }

    private var accounted: Document.Section {
        let rows = disclosures.map { access in
            Document.Row(
                cells: [
                    Document.Cell(time(access.time)),
                    Document.Cell(recipient(access)),
                    Document.Cell([access.words, access.facts] + given(access)),
                    Document.Cell(access.purpose.words),
                    Document.Cell(
                        [access.result, access.code.map { "code \($0)" } ?? ""],
                        access.isFailure || access.end == .missing ? .alarm : .plain),
                    Document.Cell(access.leafNumbers),
                ], mark: access.isEmergency ? .alarm : .plain)
        }
        let blocks: [Document.Block] =
            rows.isEmpty
            ? [.paragraph("No disclosure to be accounted for is recorded in this period.", .plain)]
            : [
                .table(
                    columns: ["Date", "Recipient", "What was disclosed", "Purpose", "Result", "Record no."], rows: rows)
            ]
        return Document.Section(heading: "Disclosures to be accounted for (45 CFR 164.528)", blocks: blocks)
    }

    /// Disclosures for treatment and operations are exempt from the accounting (164.528(a)(1)(i)); a patient may still
    /// ask for the recipients (GDPR art. 15(1)(c)).
    private var exempt: Document.Section {
        let groups = accesses.filter { $0.accessClass != .disclosure && $0.isGiven }
            .grouped { [$0.peer?.words ?? "", EventWords(event: $0.event).text, $0.purpose.words] }
        let rows = groups.map { group in
            Document.Row(cells: [
                Document.Cell(group.key[0]), Document.Cell(group.accesses[0].words), Document.Cell(group.key[2]),
                Document.Cell(String(group.accesses.count)), span(group.accesses),
            ])
        }
        let words =
            "These systems got data, if only identifiers to search for, for treatment or for running the service. The"
            + " accounting of 164.528 leaves them out; a patient who asks for the recipients (GDPR art. 15) is told them."
        let lost = accesses.count { $0.accessClass != .disclosure && ($0.isDestroyed || $0.isUnreadable) }
        let gap: [Document.Block] =
            lost == 0
            ? []
            : [
                .paragraph(
                    "Of \(lost) further records the recipient can no longer be read: their contents were destroyed or do"
                        + " not open.", .alarm)
            ]
        return Document.Section(
            heading: "Other recipients: treatment and operations",
            blocks: [.paragraph(words, .plain)] + gap
                + (rows.isEmpty
                    ? (lost == 0 ? [.paragraph("None.", .plain)] : [])
                    : [.table(columns: ["Recipient", "What", "Purpose", "How often", "First and last"], rows: rows)]))
    }

    private func recipient(_ access: ReportedAccess) -> [String] {
        guard let peer = access.peer else {
            return access.isDestroyed || access.isUnreadable
                ? ["recipient no longer readable: contents destroyed"] : ["to \(access.principal.words)"]
        }
        let configured = question.addresses[peer.name].map { "address \($0) (as configured now)" }
        return [peer.name, peer.address.map { "address \($0)" } ?? configured ?? "address not known"]
    }

    private func given(_ access: ReportedAccess) -> [String] {
        access.isDestroyed ? ["contents destroyed"] : access.subjects.filter { $0.type != .order }.map(\.words)
    }
}
