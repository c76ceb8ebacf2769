/// Tables that several kinds share.
extension AuditReport {
    static let columns = ["When", "Who", "What was done", "Why", "Result", "Record no."]

    func table(_ accesses: [ReportedAccess], withOrder: Bool = false) -> Document.Block {
        .table(
            columns: withOrder ? Self.columns.dropLast() + ["About", "Record no."] : Self.columns,
            rows: accesses.map { row($0, withOrder: withOrder) })
    }

    private func row(_ access: ReportedAccess, withOrder: Bool) -> Document.Row {
        var cells = [
            Document.Cell(time(access.time)),
            Document.Cell(access.who),
            Document.Cell(what(access)),
            Document.Cell([access.purpose.words, access.accessClass.words] + emergency(access)),
            Document.Cell([access.result, access.code.map { "code \($0)" } ?? ""], resultMark(access)),
        ]
        if withOrder { cells.append(Document.Cell(about(access))) }
        cells.append(Document.Cell(access.leafNumbers))
        return Document.Row(cells: cells, mark: rowMark(access))
    }

    private func what(_ access: ReportedAccess) -> [String] {
        var lines = [access.words, access.facts]
        if access.isDestroyed { lines.append("contents destroyed") }
        if access.isUnreadable { lines.append("CONTENTS DO NOT OPEN: changed after they were recorded") }
        if access.end == .announcedEarlier { lines.append("announced before this period") }
        return lines
    }

    private func emergency(_ access: ReportedAccess) -> [String] {
        [
            access.details["emergency"].map { "reason: \($0)" } ?? "",
            access.details["ticket"].map { "ticket: \($0)" } ?? "",
        ]
    }

    /// Order, else whatever it is about.
    func about(_ access: ReportedAccess) -> [String] {
        let patients = access.subjects.filter { $0.type == .patient }.map(\.words)
        let order = orders[access.correlation].map { ["order \($0.id)"] } ?? []
        let others = access.subjects.filter { $0.type != .patient && $0.type != .order }.map(\.words)
        let all = patients + order + (order.isEmpty ? others : [])
        return all.isEmpty && access.isDestroyed ? ["contents destroyed"] : all
    }

    private func resultMark(_ access: ReportedAccess) -> Document.Mark {
        access.end == .missing || access.isFailure ? .alarm : .plain
    }

    private func rowMark(_ access: ReportedAccess) -> Document.Mark {
        if access.isEmergency { return .alarm }
        if access.isFailure || access.end == .missing { return .warning }
        return access.isAccess || access.principal.kind == .user ? .plain : .faint
    }

    /// When first, when last.
    func span(_ accesses: [ReportedAccess]) -> Document.Cell {
        guard let first = accesses.first, let last = accesses.last else { return Document.Cell("") }
        let bounds = [first.time, last.time].map { "\(ReportZone.utcText($0)) UTC" }
        return Document.Cell(bounds[0] == bounds[1] ? [bounds[0]] : bounds)
    }
}

extension Sequence<ReportedAccess> {
    /// In groups by a key, in the order in which each key first occurs.
    func grouped<Key: Hashable>(by key: (ReportedAccess) -> Key) -> [(key: Key, accesses: [ReportedAccess])] {
        var places: [Key: Int] = [:]
        var groups: [(key: Key, accesses: [ReportedAccess])] = []
        for access in self {
            let key = key(access)
            if let place = places[key] {
                groups[place].accesses.append(access)
            } else {
                places[key] = groups.count
                groups.append((key, [access]))
            }
        }
        return groups
    }
}
