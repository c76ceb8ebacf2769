/// Everything about one patient.
extension AuditReport {
    var patientSections: [Document.Section] { [inShort, toLookAt] + bySomebody + byOrder }

    private var inShort: Document.Section {
        let data = accesses.filter(\.isAccess)
        var facts = [
            Document.Fact("Entries about this patient", String(accesses.count)),
            Document.Fact("Accesses to patient data", String(data.count)),
        ]
        for accessClass in AccessClass.allCases where accessClass != .none {
            let count = data.count { $0.accessClass == accessClass }
            facts.append(Document.Fact("– \(accessClass.words)", String(count)))
        }
        facts += [
            Document.Fact("Orders", String(orders.count)),
            Document.Fact(
                "Persons who looked or acted", String(Set(accesses.map(\.principal).filter { $0.kind == .user }).count)),
            Document.Fact("Emergencies", String(accesses.count(where: \.isEmergency)), mark(\.isEmergency)),
            Document.Fact("Failed or refused", String(accesses.count(where: \.isFailure))),
            Document.Fact(
                "Gaps: announced, no end recorded", String(accesses.count { $0.end == .missing }),
                mark { $0.end == .missing }),
            Document.Fact("Contents destroyed", String(accesses.count(where: \.isDestroyed))),
            Document.Fact(
                "Contents that do not open: changed after they were recorded",
                String(accesses.count(where: \.isUnreadable)), mark(\.isUnreadable)),
        ]
        if !otherPatients.isEmpty {
            facts.append(
                Document.Fact(
                    "Other patient identifiers in these records",
                    otherPatients + ["After a merge, or with several identifiers, ask for these too."]))
        }
        return Document.Section(heading: "In short", blocks: [.facts(facts)])
    }

    /// Other numbers of the same person, or of another person whom a merge or a mistake brought in.
    private var otherPatients: [String] {
        Set(accesses.flatMap(\.subjects).filter { $0.type == .patient && $0 != question.subject }).map(\.words).sorted()
    }

    private func mark(_ isMeant: (ReportedAccess) -> Bool) -> Document.Mark {
        accesses.contains(where: isMeant) ? .alarm : .plain
    }

    private var toLookAt: Document.Section {
        let notable = accesses.filter {
            $0.isEmergency || $0.isFailure || $0.end == .missing || $0.isDestroyed || $0.isUnreadable
        }
        return Document.Section(
            heading: "To look at: emergencies, failures, gaps, destroyed contents",
            blocks: notable.isEmpty ? [.paragraph("None.", .plain)] : [table(notable, withOrder: true)])
    }

    /// Who had to do with the data, and with which other side.
    private var bySomebody: [Document.Section] {
        let groups = accesses.filter { $0.isAccess || $0.principal.kind == .user }.grouped { access in
            [access.principal.value, access.isGiven || access.principal.kind != .peer ? access.peer?.words ?? "" : ""]
        }
        let rows = groups.map { group in
            Document.Row(cells: [
                Document.Cell(group.accesses[0].who), Document.Cell(group.key[1]),
                Document.Cell(
                    group.accesses.classWords),
                Document.Cell(String(group.accesses.count)), span(group.accesses),
            ])
        }
        guard !rows.isEmpty else { return [] }
        return [
            Document.Section(
                heading: "Who had to do with the data",
                blocks: [.table(columns: ["Who", "With", "How it counts", "How often", "First and last"], rows: rows)])
        ]
    }

    private var byOrder: [Document.Section] {
        let groups = accesses.grouped { orders[$0.correlation] == nil ? "" : $0.correlation }
        guard !groups.isEmpty else {
            return [
                Document.Section(
                    heading: "Everything, in the order in which it happened",
                    blocks: [.paragraph("The log has nothing about this patient in this period.", .plain)])
            ]
        }
        return groups.map { group in
            guard let order = orders[group.key] else {
                return Document.Section(
                    heading: "Outside of any order: looks at the log, commands, messages about the patient",
                    blocks: [table(group.accesses, withOrder: true)])
            }
            return Document.Section(
                heading: "Order \(order.words.joined(separator: " · "))", blocks: [table(group.accesses)])
        }
    }
}

extension [ReportedAccess] {
    /// How they count, without "no patient data" where some touched them.
    fileprivate var classWords: [String] {
        let classes = Set(map(\.accessClass))
        return (classes.count > 1 ? classes.subtracting([.none]) : classes).map(\.words).sorted()
    }
}
