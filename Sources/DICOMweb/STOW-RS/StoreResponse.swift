internal import DICOM
internal import JSON

/// What an archive says became of the objects of one store transaction (PS3.18 §10.5.3, table 10.5.3-2), by SOP
/// Instance UID.
struct StoreResponse: Equatable {
    /// What became of one object.
    enum Fate: Equatable {
        case stored
        case storedWithWarning
        /// It was there before.
        case duplicate
        /// PS3.18 table 10.5.3-3 and PS3.4 §B.2.3: the failure reason.
        case failed(reason: Int)
    }

    private(set) var fates: [String: Fate] = [:]
    /// Items of Other Failures: objects that the archive could not even name.
    private(set) var otherFailures = 0

    /// Nil when the bytes are no DICOM JSON object.
    init?(parsing body: [UInt8]) {
        guard let parsed = try? JSONValue(parsing: body),
            // Some archives answer with a list of one.
            let object = parsed.object ?? parsed.array?.first?.object
        else { return nil }
        for item in Self.items(object["00081199"]) {
            guard let uid = Self.text(item["00081155"]) else { continue }
            let isWarned = Self.number(item["00081196"]).map { $0 != 0 } ?? false
            fates[uid] = isWarned ? .storedWithWarning : .stored
        }
        for item in Self.items(object["00081198"]) {
            guard let uid = Self.text(item["00081155"]) else {
                otherFailures += 1
                continue
            }
            let reason = Self.number(item["00081197"]) ?? 0
            fates[uid] = reason == Self.duplicateInstance ? .duplicate : .failed(reason: reason)
        }
        otherFailures += Self.items(object["0008119A"]).count
    }

    /// Duplicate SOP Instance, which is no failure for us: the object is there.
    private static let duplicateInstance = 0x0111

    private static func items(_ element: JSONValue?) -> [JSONObject] {
        (element?["Value"]?.array ?? []).compactMap(\.object)
    }

    private static func text(_ element: JSONValue?) -> String? {
        element?["Value"]?.array?.first?.string.map(Attributes.trimmed)
    }

    private static func number(_ element: JSONValue?) -> Int? {
        guard let value = element?["Value"]?.array?.first else { return nil }
        return value.int ?? value.string.flatMap { Int($0) }
    }
}
