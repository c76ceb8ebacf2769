import JSON
import MerkleLog

/// One line between header and trailer.
struct BundleLine: Sendable {
    /// The place in the log.
    let index: UInt64
    /// As hashed.
    let leaf: [UInt8]
    /// What makes the leaf an entry; nil where it stands there for the root's sake only.
    var entry: Entry?

    /// A leaf that the bundle is about.
    struct Entry: Sendable {
        /// From the leaf to the root, nearest first, in base64.
        var proof: [String]
        /// The record's canonical text with the random bytes of the commitments.
        var opened: (record: [UInt8], salts: Salts)?
        /// The body was destroyed: nobody can read it.
        var isDestroyed = false
    }

    /// The line.
    var text: [UInt8] {
        var line = CanonicalText(capacity: 2 * leaf.count + 2048)
        line.object { line in
            if entry?.isDestroyed == true { line.member("destroyed", true) }
            line.member("index", Int(clamping: index))
            line.member("leaf", String(decoding: leaf, as: UTF8.self))
            if let entry {
                line.member("proof", entry.proof)
                if let opened = entry.opened {
                    line.member("record", String(decoding: opened.record, as: UTF8.self))
                    line.member("salts") { opened.salts.write(to: &$0) }
                }
            }
        }
        return line.bytes + [0x0a]
    }
}

extension BundleLine {
    /// Reads the form of a line; what it is worth is for the verifier.
    init?(_ object: JSONObject) {
        guard let index = object["index"]?.plainInt, index >= 0, let leaf = object["leaf"]?.string else { return nil }
        self.index = UInt64(index)
        self.leaf = Array(leaf.utf8)
        guard object["proof"] != nil else {
            guard object.count == 2 else { return nil }
            return
        }
        guard let proof = BundleFormat.texts(object["proof"]) else { return nil }
        var entry = Entry(proof: proof)
        switch (object["record"], object["salts"], object["destroyed"]) {
        case (nil, nil, nil): break
        case (nil, nil, .bool(true)?): entry.isDestroyed = true
        case (.string(let record)?, let salts?, nil):
            guard let salts = Salts(json: salts), object["salts"]?.object?.count == 2 else { return nil }
            entry.opened = (Array(record.utf8), salts)
        default: return nil
        }
        let members = 3 + (entry.isDestroyed ? 1 : 0) + (entry.opened == nil ? 0 : 2)
        guard object.count == members else { return nil }
        self.entry = entry
    }
}
