/// What each user, system and this program did.
extension AuditReport {
    var userSections: [Document.Section] {
        let groups = accesses.grouped(by: \.principal)
        guard !groups.isEmpty else {
            return [
                Document.Section(heading: "Nobody", blocks: [.paragraph("Nothing is recorded in this period.", .plain)])
            ]
        }
        let overview = Document.Section(
            heading: "Everybody, in short",
            blocks: [
                .table(
                    columns: [
                        "Who", "Entries", "Accesses to patient data", "Patients", "Orders", "Emergencies", "Failed",
                        "First and last",
                    ],
                    rows: groups.map { summary($0.key, $0.accesses) })
            ])
        // The program itself does thousands of things: they are told one by one only where it was asked about.
        let told = groups.filter { question.user != nil || $0.key.kind == .user }
        return [overview]
            + told.map { group in
                Document.Section(
                    heading: "Everything that \(group.key.words) did",
                    blocks: [table(group.accesses, withOrder: true)])
            }
    }

    private func summary(_ principal: Principal, _ accesses: [ReportedAccess]) -> Document.Row {
        let subjects = Set(accesses.flatMap(\.subjects))
        let emergencies = accesses.count(where: \.isEmergency)
        let classes = AccessClass.allCases.filter { $0 != .none }.map { accessClass in
            (accessClass.words, accesses.count { $0.accessClass == accessClass })
        }
        return Document.Row(
            cells: [
                Document.Cell([principal.words] + Set(accesses.flatMap(\.roles).map(\.words)).sorted()),
                Document.Cell(String(accesses.count)),
                Document.Cell(
                    [String(accesses.count(where: \.isAccess))]
                        + classes.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }),
                Document.Cell(String(subjects.count { $0.type == .patient })),
                Document.Cell(String(Set(accesses.compactMap { orders[$0.correlation]?.id }).count)),
                Document.Cell(String(emergencies), emergencies > 0 ? .alarm : .plain),
                Document.Cell(String(accesses.count(where: \.isFailure))),
                span(accesses),
            ], mark: emergencies > 0 ? .alarm : .plain)
    }
}
