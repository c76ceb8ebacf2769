import FHIR

/// What every report begins and ends with.
extension AuditReport {
    typealias Document = ReportDocument

    var subtitle: String {
        var parts: [String] = []
        if let subject = question.subject { parts.append(subject.words) }
        if let user = question.user { parts.append("user \(user)") }
        parts.append(periodWords)
        return parts.joined(separator: " · ")
    }

    private var periodWords: String {
        switch (question.period.from, question.period.until) {
        case (nil, nil): "the whole log"
        case (let from?, nil): "from \(ReportZone.utcText(from)) UTC"
        case (nil, let until?): "before \(ReportZone.utcText(until)) UTC"
        case (let from?, let until?): "from \(ReportZone.utcText(from)) to before \(ReportZone.utcText(until)) UTC"
        }
    }

    var head: Document.Section {
        var facts: [Document.Fact] = []
        if let subject = question.subject { facts.append(Document.Fact("About", subject.words)) }
        if let user = question.user { facts.append(Document.Fact("User", user)) }
        facts.append(Document.Fact("Period", periodWords))
        facts.append(
            Document.Fact("Made", time(question.made) + ["by \(question.maker.words)"]))
        if let site = question.site { facts.append(Document.Fact("House", site)) }
        let reading =
            question.reading.map { "recorded in the log itself, as record number \($0)" }
            ?? "NOT recorded in the log: it was made from a copy"
        facts.append(Document.Fact("This reading", reading))
        facts.append(
            Document.Fact(
                "Times", question.zone.isUTC ? "UTC" : "UTC first; below it the time of \(question.zone.name)"))
        return Document.Section(heading: "The question", blocks: [.facts(facts)])
    }

    /// The state of the log, on the report itself.
    var state: Document.Section {
        var blocks: [Document.Block] = [
            log.isIntact
                ? .paragraph(
                    "The log is intact: no record was changed, removed or moved since it was written, as far as the"
                        + " checkpoints below reach.", .good)
                : .paragraph(
                    "THE LOG IS NOT INTACT: \(log.problemCount) problems were found. What this report tells cannot be"
                        + " relied on until they are explained.", .alarm)
        ]
        for problem in log.problems { blocks.append(.paragraph("Problem: \(problem)", .alarm)) }
        for restoration in log.restorations { blocks.append(.paragraph("Declared loss: \(restoration)", .warning)) }
        var facts = [
            Document.Fact("Log", log.origin), Document.Fact("Records in the log", String(log.size)),
            Document.Fact("Fingerprint (root)", log.root), Document.Fact("Public key from", log.keySource),
        ]
        if let last = log.lastOutside {
            facts.append(Document.Fact("Last checkpoint kept elsewhere", "covers the first \(last) records"))
            facts.append(Document.Fact("Records newer than it", String(log.newerThanOutside)))
        } else {
            facts.append(
                Document.Fact(
                    "Last checkpoint kept elsewhere",
                    "NONE: a log that was cut off or put back to an older copy could not be told from a whole one",
                    .alarm))
        }
        facts.append(Document.Fact("Accesses without a recorded end, whole log", String(log.openIntents)))
        blocks.append(.facts(facts))
        return Document.Section(heading: "Was the log touched?", blocks: blocks)
    }

    /// How to read the page.
    var reading: Document.Section {
        let paragraphs = [
            "Each line is one access or event. An access to patient data is written down before it happens and again when"
                + " it ends; the two record numbers in the last column are the two entries of the log. A line with \"NO END"
                + " RECORDED\" was announced and its end is not known: it was under way, or the program was cut off. What"
                + " was seen then is unknown.",
            "\"Contents destroyed\" means that the keys of a record were destroyed on purpose, because its time of keeping"
                + " was over or the patient's data had to be erased. The record still proves that something happened, when"
                + " and by whom, but no longer of whom it told.",
            "\(log.newerThanOutside) records are newer than the last checkpoint kept elsewhere. Only up to that checkpoint"
                + " can it be proved that nothing was cut off from the end. The fingerprint can be compared with the"
                + " checkpoint by anybody who has the log's public key; any record can be proved with `imaging-gateway audit"
                + " prove --index NUMBER`.",
            "The report tells what passed through this program. What others did in the EHR or the archive stands in the"
                + " logs of those systems.",
        ]
        return Document.Section(
            heading: "How to read this report", blocks: paragraphs.map { .paragraph($0, .plain) })
    }

    /// UTC, and the configured zone below it.
    func time(_ moment: FHIRInstant) -> [String] {
        let utc = "\(ReportZone.utcText(moment)) UTC"
        return question.zone.isUTC ? [utc] : [utc, question.zone.text(moment)]
    }
}
