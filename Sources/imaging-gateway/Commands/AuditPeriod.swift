import ArgumentParser
import Audit
import FHIR
import Foundation

/// From when until when, and in which zone times are told.
struct AuditPeriodOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("From this day or moment on: 2026-11-21 or 2026-11-21T08:00:00Z.", valueName: "moment"))
    var from: String?
    @Option(
        name: .long,
        help: ArgumentHelp("Until the end of this day, or before this moment.", valueName: "moment"))
    var until: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            The zone of days and of the times that are told beside UTC, such as Europe/Berlin or UTC; by default the \
            machine's.
            """, valueName: "zone"))
    var zone: String?

    func validate() throws { _ = try period() }

    /// Days are whole days of the zone, the last one included.
    func period() throws -> ReportPeriod {
        let zone = try timeZone()
        return ReportPeriod(
            from: try from.map { try AuditMoment.instant($0, zone, isEnd: false) },
            until: try until.map { try AuditMoment.instant($0, zone, isEnd: true) })
    }

    func reportZone() throws -> ReportZone {
        let zone = try timeZone()
        guard zone.secondsFromGMT() != 0 || zone.nextDaylightSavingTimeTransition != nil else { return .utc }
        return ReportZone(name: zone.identifier) { moment in
            zone.secondsFromGMT(
                for: Date(timeIntervalSince1970: Double(moment.microsecondsSinceEpoch) / 1_000_000))
        }
    }

    private func timeZone() throws -> TimeZone {
        guard let name = zone else { return .current }
        guard let zone = TimeZone(identifier: name) else {
            throw ValidationError("--zone: no such zone; Europe/Berlin and UTC are some")
        }
        return zone
    }
}

/// Days and moments on the command line.
enum AuditMoment {
    /// - Parameter isEnd: a day stands for its end then, not for its beginning.
    static func instant(_ text: String, _ zone: TimeZone, isEnd: Bool) throws -> FHIRInstant {
        if let date = ISO8601DateFormatter().date(from: text) {
            return FHIRInstant(secondsSinceEpoch: Int64(date.timeIntervalSince1970))
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard text.utf8.count == 10, parts.count == 3,
            let day = calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2])),
            calendar.dateComponents([.month, .day], from: day) == DateComponents(month: parts[1], day: parts[2]),
            let next = calendar.date(byAdding: .day, value: 1, to: day)
        else { throw ValidationError("a moment is 2026-11-21 or 2026-11-21T08:00:00Z") }
        return FHIRInstant(secondsSinceEpoch: Int64((isEnd ? next : day).timeIntervalSince1970))
    }
}
