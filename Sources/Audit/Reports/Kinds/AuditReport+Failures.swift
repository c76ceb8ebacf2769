/// What failed, what was refused, and what has no end.
extension AuditReport {
    var failureSections: [Document.Section] {
        let refusals: Set<AuditEventType> = [.accessRefused, .connectionRefused, .listenerRefused]
        let refused = accesses.filter { $0.isFailure && $0.type.map(refusals.contains) ?? false }
        let failed = accesses.filter { $0.isFailure && !($0.type.map(refusals.contains) ?? false) }
        return [
            counts,
            section("Refused: connections, messages, requests, commands", refused),
            section("Failed", failed),
            section("Gaps: announced, no end recorded", accesses.filter { $0.end == .missing }),
        ]
    }

    private var counts: Document.Section {
        let groups = accesses.grouped { [$0.event, $0.end == .missing ? "no end recorded" : $0.code ?? "no code"] }
            .sorted { ($1.accesses.count, $0.key[0]) < ($0.accesses.count, $1.key[0]) }
        let rows = groups.map { group in
            Document.Row(cells: [
                Document.Cell([EventWords(event: group.key[0]).text, group.key[0]]), Document.Cell(group.key[1]),
                Document.Cell(String(group.accesses.count)), span(group.accesses),
            ])
        }
        return Document.Section(
            heading: "In short",
            blocks: rows.isEmpty
                ? [.paragraph("Nothing failed and nothing was refused in this period.", .good)]
                : [.table(columns: ["What", "Code", "How often", "First and last"], rows: rows)])
    }

    private func section(_ heading: String, _ accesses: [ReportedAccess]) -> Document.Section {
        Document.Section(
            heading: heading,
            blocks: accesses.isEmpty ? [.paragraph("None.", .plain)] : [table(accesses, withOrder: true)])
    }
}
