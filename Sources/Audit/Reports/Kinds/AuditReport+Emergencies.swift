import FHIR

/// Overridden controls, one after the other, with room for the reviewer's judgement.
extension AuditReport {
    var emergencySections: [Document.Section] {
        let episodes = EmergencyEpisode.all(in: accesses)
        guard !episodes.isEmpty else {
            return [
                Document.Section(
                    heading: "None", blocks: [.paragraph("No emergency access is recorded in this period.", .good)])
            ]
        }
        return episodes.enumerated().map { number, episode in
            let patients = Set(episode.accesses.flatMap(\.subjects).filter { $0.type == .patient }).map(\.words)
                .sorted()
            var facts = [
                Document.Fact("Who", episode.accesses[0].who.joined(separator: ", ")),
                Document.Fact("Reason given", episode.reason ?? "none", episode.reason == nil ? .alarm : .plain),
                Document.Fact("Ticket", episode.ticket ?? "none"),
                Document.Fact("Began", time(episode.accesses[0].time)),
                Document.Fact(
                    "Ended", episode.ended.map { time($0).joined(separator: " / ") } ?? "NO END RECORDED",
                    episode.ended == nil ? .alarm : .plain),
            ]
            facts.append(Document.Fact("Patients concerned", patients.isEmpty ? ["none named"] : patients))
            return Document.Section(
                heading: "Emergency \(number + 1) of \(episodes.count)",
                blocks: [
                    .facts(facts), table(episode.accesses, withOrder: true),
                    .blanks(["Justified (yes / no)", "What follows", "Reviewed by", "Date and signature"]),
                ])
        }
    }
}

/// One emergency: from the moment somebody overrode a control until they ended it.
struct EmergencyEpisode: Sendable {
    private(set) var accesses: [ReportedAccess]
    private(set) var ended: FHIRInstant?

    var reason: String? { accesses.lazy.compactMap { $0.details["emergency"] }.first }
    var ticket: String? { accesses.lazy.compactMap { $0.details["ticket"] }.first }

    /// Records with the same emergency id belong together; without an id, those of one person between start and stop.
    static func all(in accesses: [ReportedAccess]) -> [EmergencyEpisode] {
        var episodes: [EmergencyEpisode] = []
        var open: [String: Int] = [:]
        for access in accesses {
            let key = access.details["emergencyID"] ?? access.principal.value
            let known = open[key] ?? open[access.principal.value]
            if let place = known, access.type != .emergencyStart {
                episodes[place].accesses.append(access)
            } else {
                open[key] = episodes.count
                open[access.principal.value] = episodes.count
                episodes.append(EmergencyEpisode(accesses: [access]))
            }
            guard access.type == .emergencyStop, let place = open[key] else { continue }
            episodes[place].ended = access.time
            open[key] = nil
            open[access.principal.value] = nil
        }
        return episodes
    }
}
