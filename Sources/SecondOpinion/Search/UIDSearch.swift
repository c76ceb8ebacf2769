/// UIDs of the original, and numbers of the patient written into others.
struct UIDSearch {
    private let table: KeyTable

    init(_ table: KeyTable) { self.table = table }

    /// A UID of the original, whole or as the stem of another; a known number as a component, at the beginning or end of
    /// one (six digits), anywhere (eight digits). Nothing is looked for inside a UUID and below the standard's root as
    /// far as the standard itself goes.
    func hits(in bytes: ArraySlice<UInt8>) -> [TextSearch.Hit] {
        var hits: [TextSearch.Hit] = []
        var start = bytes.startIndex
        for value in bytes.split(separator: 0x5C, omittingEmptySubsequences: false) {
            let text = String(decoding: value.prefix(128), as: UTF8.self).trimmed
            if Self.stem(of: text, in: table.uids) { hits.append((.uid, start)) }
            if value.count > 128 { hits.append((.text, start)) }
            if !text.isEmpty, !Self.isOfNobody(text), let kind = number(in: text) {
                hits.append((kind, start))
            }
            start += value.count + 1
        }
        return hits
    }

    /// The first known UID of a text.
    func known(in bytes: ArraySlice<UInt8>) -> Int? {
        let isPart = { (byte: UInt8) in (0x30...0x39).contains(byte) || byte == 0x2E }
        return bytes.split(whereSeparator: { !isPart($0) }).first { run in
            run.count >= 6 && Self.stem(of: String(decoding: run.prefix(65), as: UTF8.self), in: table.uids)
        }?.startIndex
    }

    private func number(in text: String) -> HitKind? {
        for component in Array(text.utf8).split(whereSeparator: { !(0x30...0x39).contains($0) }) {
            for start in component.indices {
                var hash = KeyHash()
                for end in start..<component.endIndex {
                    hash.add(UInt32(component[end]))
                    guard let key = table.keys[hash.value], key.isNumber else { continue }
                    let edges = (start == component.startIndex ? 1 : 0) + (end + 1 == component.endIndex ? 1 : 0)
                    if key.length >= (edges == 2 ? 4 : edges == 1 ? 6 : 8) { return key.kind }
                }
            }
        }
        return nil
    }

    /// Whether no number of a patient can stand in it but by chance.
    static func isOfNobody(_ uid: String) -> Bool { isUUID(uid) || isOfStandard(uid) || uid == implementation }

    /// This program's Implementation Class UID.
    private static let implementation = "2.25.226484137036592438178353406120498234727"

    /// Below the root of DICOM, no longer numbers than the standard itself has.
    static func isOfStandard(_ uid: String) -> Bool {
        let root = "1.2.840.10008."
        guard uid.hasPrefix(root) else { return false }
        let components = uid.utf8.dropFirst(root.utf8.count).split(separator: 0x2E)
        // Context group names (PS3.6 Table A-3) have numbers of four digits: 6.1.1411.
        let isContextGroup = components.count == 3 && components[0].elementsEqual("6".utf8)
        let most = isContextGroup && components[1].elementsEqual("1".utf8) ? 4 : 3
        return components.allSatisfy { component in
            component.count <= most && component.allSatisfy { (0x30...0x39).contains($0) }
        }
    }

    /// A UUID of version 4 or 8 below 2.25 (PS3.5 §B.2): chance made its digits, or a key.
    static func isUUID(_ uid: String) -> Bool {
        guard uid.hasPrefix("2.25."), let number = UInt128(uid.dropFirst(5)), "2.25.\(number)" == uid else {
            return false
        }
        let version = number >> 76 & 15
        return (version == 4 || version == 8) && number >> 62 & 3 == 2
    }

    /// Whether the UID, or one it is made from by further components, is known.
    static func stem(of uid: String, in known: Set<String>) -> Bool {
        guard !known.isEmpty else { return false }
        if known.contains(uid) { return true }
        for index in uid.indices where uid[index] == "." && known.contains(String(uid[..<index])) { return true }
        return false
    }
}
