import DICOMweb
import Foundation
import OutboundHTTP
import Sealing
import Workflow

/// An archive: does it answer a search, and does it search for what is asked.
struct ArchiveChecks {
    let checks: PeerChecks
    let archive: DICOMwebArchive

    func items() async -> [CheckItem] {
        var items = await checks.connection()
        guard !items.contains(where: { $0.status == .problem }) else {
            return items + [checks.skipped("search", .notReached, "the archive was not reached")]
        }
        do throws(AdapterError) {
            // A UID made from random digits, and a number that no system gives out.
            let study = try await archive.inquireSearch(.studyInstanceUID, "2.25.\(UInt64.random(in: .min ... .max))")
            items.append(search(study))
            if items.last?.status == .ok {
                let number = "IMGW\(String(randomUUID().prefix(8)).uppercased())"
                let accession = try await archive.inquireSearch(.accessionNumber, number)
                items[items.count - 1] = combined(study, accession)
            }
            items.append(checks.clock(study.date))
        } catch {
            items.append(checks.words.item("\(archive.name).search", error))
        }
        return items
    }

    private func search(_ inquiry: SearchInquiry) -> CheckItem {
        if let refusal = inquiry.refusal { return checks.words.item("\(archive.name).search", refusal) }
        guard inquiry.isList else {
            return checks.problem(
                "search", .searchMalformed, "what answers is no DICOMweb service: no list of studies came back",
                remedy: "put the root that `/studies` can be added to into \(checks.words.section).base")
        }
        return .ok("\(archive.name).search", "may search (QIDO-RS, a study and an accession number that cannot exist)")
    }

    private func combined(_ study: SearchInquiry, _ accession: SearchInquiry) -> CheckItem {
        let second = search(accession)
        guard second.status == .ok else { return second }
        let ignored = [(study, "Study Instance UID"), (accession, "accession number")].filter { !$0.0.isEmpty }
        guard ignored.isEmpty else {
            let names = ignored.map(\.1).joined(separator: " and ")
            return checks.warning(
                "search", .searchUnfiltered,
                "the archive ignores the \(names) that is searched for and answers with others",
                remedy: "ask its operator to turn that search on; orders would be parked, not mixed up")
        }
        return second
    }
}
