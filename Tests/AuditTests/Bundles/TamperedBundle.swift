import JSON
import MerkleLog
import Sealing

@testable import Audit

/// A bundle that somebody altered, and the codes with which every verifier must refuse it.
struct TamperedBundle: Sendable {
    let name: String
    let bytes: [UInt8]
    let codes: Set<String>

    /// Each kind of tampering once by somebody without the key and, where it then shows elsewhere, once by somebody who
    /// holds the log's key and seals the bundle anew.
    static func all(_ fixture: BundleFixture) throws -> [TamperedBundle] {
        var all: [TamperedBundle] = []
        let lines = try fixture.lines(of: [1, 4, 5], destroyed: [5])
        func add(_ name: String, _ codes: Set<String>, resealed: Set<String>? = nil, _ altered: [[UInt8]]) throws {
            all.append(TamperedBundle(name: name, bytes: altered.flatMap { $0 }, codes: codes))
            if let resealed {
                let anew = try fixture.resealed(altered).flatMap { $0 }
                all.append(TamperedBundle(name: name + ", sealed anew", bytes: anew, codes: resealed))
            }
        }
        func replacing(_ line: Int, _ part: String, _ other: String) -> [[UInt8]] {
            var altered = lines
            altered[line] = Array(
                String(decoding: lines[line], as: UTF8.self).replacing(part, with: other, maxReplacements: 1).utf8)
            return altered
        }
        func member(_ line: Int, _ change: (inout JSONObject) -> Void) throws -> [[UInt8]] {
            var altered = lines
            var object = try JSONValue(parsing: Array(lines[line].dropLast())).object ?? JSONObject()
            change(&object)
            altered[line] = JSONValue.object(object).serialized(.canonical) + [0x0a]
            return altered
        }

        try add(
            "a leaf changed", ["proof", "record", "digest"].codes, resealed: ["proof", "record"].codes,
            replacing(1, #"\"outcome\":0"#, #"\"outcome\":4"#))
        try add(
            "a leaf broken", ["leaf", "proof", "digest"].codes, resealed: ["leaf", "proof"].codes,
            replacing(1, #"\"outcome\":0"#, #"\"outcome\":5"#))
        try add(
            "a leaf of another log", ["leaf", "proof", "digest"].codes, resealed: ["leaf", "proof"].codes,
            replacing(1, BundleFixture.origin, "elsewhere"))
        try add(
            "a record changed", ["record", "digest"].codes, resealed: ["record"].codes,
            replacing(1, #"\"bytes\":\"1024\""#, #"\"bytes\":\"1025\""#))
        try add(
            "an identifier changed", ["record", "digest"].codes, resealed: ["record"].codes,
            replacing(1, planted, "ZZ-4712-PLANTED"))
        try add(
            "a salt changed", ["record", "digest"].codes, resealed: ["record"].codes,
            member(1) { $0["salts"] = Self.salts($0["salts"], replacing: 0) })
        try add(
            "a subject's salt changed", ["record", "digest"].codes, resealed: ["record"].codes,
            member(1) { $0["salts"] = Self.salts($0["salts"], replacing: 1) })
        try add(
            "a proof changed", ["proof", "digest"].codes, resealed: ["proof"].codes,
            member(1) { object in
                var path = object["proof"]?.array ?? []
                path[1] = .string(MerkleHash.empty.base64)
                object["proof"] = .array(path)
            })
        try add(
            "a proof cut short", ["proof", "digest"].codes, resealed: ["proof"].codes,
            member(1) { $0["proof"] = .array(($0["proof"]?.array ?? []).dropLast()) })
        try add(
            "an index changed", ["proof", "digest"].codes, resealed: ["proof"].codes, member(1) { $0["index"] = 2 })
        try add(
            "an index outside the log", ["order", "proof", "digest"].codes, resealed: ["order", "proof"].codes,
            member(3) { $0["index"] = 11 })
        try add("an entry removed", ["trailer"].codes, resealed: nil, [lines[0], lines[1], lines[3], lines[4]])
        try add(
            "entries in another order", ["order", "digest"].codes, resealed: ["order"].codes,
            [lines[0], lines[2], lines[1], lines[3], lines[4]])
        try add(
            "an entry repeated", ["order", "trailer"].codes, resealed: ["order"].codes,
            [lines[0], lines[1], lines[1], lines[2], lines[3], lines[4]])
        try add("a line that is no JSON", ["line", "digest"].codes, resealed: ["line"].codes, replacing(2, "{", "["))
        try add(
            "a space between", ["line", "digest"].codes, resealed: ["line"].codes, replacing(2, #"{""#, #"{ ""#))
        try add(
            "another member", ["line", "digest"].codes, resealed: ["line"].codes, member(2) { $0["note"] = "x" })
        try add(
            "a destroyed record called there", ["line", "digest"].codes, resealed: ["line"].codes,
            member(3) { $0["destroyed"] = false })
        try add("the trailer removed", ["trailer"].codes, lines.dropLast())
        try add("a line behind the trailer", ["trailer"].codes, lines + [lines[1]])
        try add("the trailer broken", ["trailer", "line"].codes, replacing(4, #"{"trailer""#, #"{"trailor""#))
        try add("the trailer's signature changed", ["signature"].codes, try fixture.flippedTrailer(lines))
        try add("the last newline cut off", ["line", "trailer"].codes, lines.dropLast() + [lines[4].dropLast()])
        let other = try SigningKey(name: BundleFixture.origin, seed: [UInt8](repeating: 77, count: 32))
        try add("a trailer by another key", ["signature"].codes, fixture.resealed(lines, by: other))
        try add("the header broken", ["header"].codes, replacing(0, #""v":1"#, #""v":2"#))
        try add("the header's size changed", ["header"].codes, replacing(0, #""size":11"#, #""size":12"#))
        try add("not a bundle", ["header"].codes, [Array("%PDF-1.7\n".utf8)])
        try add("nothing", ["header"].codes, [])
        try add(
            "the checkpoint's root changed", ["checkpoint", "proof", "digest"].codes,
            replacing(0, fixture.tree.root.base64, MerkleHash.empty.base64))
        try add(
            "another key in the header", ["checkpoint", "digest", "signature"].codes,
            replacing(0, fixture.key.verifier.text, other.verifier.text))
        try add(
            "a handover that is none", ["handover", "digest", "signature"].codes,
            replacing(0, #""handovers":[]"#, #""handovers":["x"]"#))
        let certificateKey = try BundleFixture.certificateKey()
        let another = try SignatureKey(seed: Secret([UInt8](repeating: 22, count: 32))).verifier
        try add(
            "another key for certificates", ["digest"].codes, replacing(0, certificateKey.text, another.text))
        try add(
            "a key for certificates under another's id", ["header"].codes,
            replacing(0, certificateKey.id, another.id))
        try add("what was asked changed", ["digest"].codes, replacing(0, #""query":{"#, #""query":{"a":"b","#))
        try addComplete(fixture, &all)
        return all
    }

    /// With all leaves.
    private static func addComplete(_ fixture: BundleFixture, _ all: inout [TamperedBundle]) throws {
        let whole = try fixture.lines(of: [1, 5, 9], allLeaves: true, whole: true)
        func add(_ name: String, _ codes: Set<String>, _ altered: [[UInt8]]) throws {
            all.append(TamperedBundle(name: name, bytes: try fixture.resealed(altered).flatMap { $0 }, codes: codes))
        }
        var removed = whole
        removed.remove(at: 3)
        try add("a leaf left out of all, sealed anew", ["root"].codes, removed)
        removed = whole
        removed.remove(at: 6)
        try add("an entry left out of all, sealed anew", ["root"].codes, removed)
        var hidden = whole
        hidden[6] = BundleLine(index: 5, leaf: fixture.entries[5].leaf).text
        try add("an entry of the same correlation told as a leaf, sealed anew", ["leftOut"].codes, hidden)
        var changed = whole
        changed[3] = BundleLine(index: 2, leaf: fixture.entries[6].leaf).text
        try add("another leaf put in, sealed anew", ["root"].codes, changed)
        var selected = try fixture.lines(of: [1, 5])
        selected.insert(BundleLine(index: 3, leaf: fixture.entries[3].leaf).text, at: 2)
        try add("a leaf among selected entries, sealed anew", ["line"].codes, selected)
    }

    private static func salts(_ salts: JSONValue?, replacing position: Int) -> JSONValue? {
        let other = JSONValue.string(String(repeating: "A", count: 43))
        var object = salts?.object ?? JSONObject()
        if position == 0 {
            object["body"] = other
        } else {
            object["subjects"] = .array([other] + (object["subjects"]?.array ?? []).dropFirst())
        }
        return .object(object)
    }
}

extension BundleFixture {
    /// The trailer's last signature bit flipped, in base64 that is still canonical.
    func flippedTrailer(_ lines: [[UInt8]]) throws -> [[UInt8]] {
        let text = try JSONValue(parsing: Array(lines[lines.count - 1].dropLast()))["trailer"]?.string ?? ""
        let note = try SignedNote(parsing: Array(text.utf8))
        let line = note.signatures[0].line
        var blob = Base64.decode(line.split(separator: " ").last.map(String.init) ?? "") ?? []
        blob[blob.count - 40] ^= 1
        let altered = text.replacing(line, with: "\u{2014} \(note.signatures[0].name) \(Base64.encode(blob))")
        let object: JSONValue = ["trailer": .string(altered)]
        return lines.dropLast() + [object.serialized(.canonical) + [0x0a]]
    }
}

extension [String] {
    /// With the prefix of the bundle's codes.
    var codes: Set<String> { Set(map { "bundle." + $0 }) }
}
