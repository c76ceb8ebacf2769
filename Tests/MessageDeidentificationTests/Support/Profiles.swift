import Deidentification
import Foundation
import MessageDeidentification

/// The profiles that ship.
enum Shipped {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let names = ["classifier", "basic", "research-shifted-dates", "research-full"]

    static func deidentifier(_ name: String) throws -> MessageDeidentifier {
        let file = root.appendingPathComponent("mappings/deidentification/\(name).yaml")
        return try Make.deidentifier(DeidentificationProfile(yaml: String(contentsOf: file, encoding: .utf8)))
    }

    /// Every date stays.
    static func full() throws -> MessageDeidentifier { try deidentifier("research-full") }
}
