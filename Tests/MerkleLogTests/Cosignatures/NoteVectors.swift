import Foundation

@testable import MerkleLog

/// `Vectors/note-vectors.json`: signed by Python `cryptography`, from the specifications alone.
struct NoteVectors: Decodable {
    let log: String
    let keys: [String: String]
    let seeds: [String: UInt8]
    let notes: [String: String]
    let time: UInt64
    let cosigned: String
    let request: String
    let handover: String
    let threeBySecond: String

    static func load() throws -> NoteVectors {
        guard let url = Bundle.module.url(forResource: "note-vectors", withExtension: "json", subdirectory: "Vectors")
        else { throw Vectors.Missing() }
        return try JSONDecoder().decode(NoteVectors.self, from: Data(contentsOf: url))
    }

    func text(_ key: String) -> String { keys[key] ?? "" }
    func seed(_ key: String) -> [UInt8] { [UInt8](repeating: seeds[key] ?? 0, count: 32) }
    func signing(_ key: String) throws -> SigningKey { try SigningKey(name: log, seed: seed(key)) }
    func witness(_ key: String, name: String) throws -> WitnessSigningKey {
        try WitnessSigningKey(name: name, seed: seed(key))
    }
    func note(_ name: String) throws -> SignedNote { try SignedNote(parsing: Array((notes[name] ?? "").utf8)) }
}
