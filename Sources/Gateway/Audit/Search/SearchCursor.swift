import Foundation
import JSON
import Sealing

/// Where the next page of a search begins, sealed: links go through the logs of others, and a search names a patient.
///
/// The key lives as long as the process, so a link does too; it belongs to the auditor who searched.
struct SearchCursor: Sendable, Equatable {
    /// The parameters as they were asked.
    let question: String
    /// The first leaf of the page.
    let next: UInt64
    /// Pages end where the log ended when the first one was asked for.
    let end: UInt64

    /// The text for a link.
    func sealed(by key: DataKey, for auditor: String) throws(SealingError) -> String {
        let json: JSONValue = [
            "question": .string(question), "next": .string(String(next)), "end": .string(String(end)),
        ]
        return Base64URL.encode(try key.seal(json.serialized(), context: Self.context(auditor)))
    }

    init(question: String, next: UInt64, end: UInt64) {
        self.question = question
        self.next = next
        self.end = end
    }

    /// Nil for what this process did not seal for this auditor.
    init?(_ text: String, opening key: DataKey, for auditor: String) {
        guard let sealed = Base64URL.decode(text), let plain = try? key.open(sealed, context: Self.context(auditor)),
            let json = try? JSONValue(parsing: plain), let question = json["question"]?.string,
            let next = json["next"]?.string.flatMap({ UInt64($0) }),
            let end = json["end"]?.string.flatMap({ UInt64($0) })
        else { return nil }
        self.init(question: question, next: next, end: end)
    }

    private static func context(_ auditor: String) -> SealedContext {
        SealedContext(table: "audit", row: auditor, column: "cursor")
    }
}
