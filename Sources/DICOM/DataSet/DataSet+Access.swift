/// Reading and setting values by tag; every reader answers nil or nothing where the element is absent, empty or of
/// another kind.
extension DataSet {
    /// The first value of a character element, without padding; nil if empty.
    public func string(_ tag: Tag) -> String? {
        guard let first = strings(tag).first, !first.isEmpty else { return nil }
        return first
    }

    /// All values of a character element.
    public func strings(_ tag: Tag) -> [String] {
        guard case .text(let values)? = self[tag]?.value else { return [] }
        return values
    }

    /// The first value as an integer: binary integers and IS.
    public func int(_ tag: Tag) -> Int? { ints(tag).first }

    /// All values as integers; empty if one of them is none.
    public func ints(_ tag: Tag) -> [Int] {
        switch self[tag]?.value {
        case .integers(let values): values.map { Int($0) }
        case .text(let values): Self.all(values) { Int($0.hasPrefix("+") ? String($0.dropFirst()) : $0) }
        default: []
        }
    }

    /// The first value as a number: FL, FD, DS, IS and binary integers.
    public func double(_ tag: Tag) -> Double? { doubles(tag).first }

    /// All values as numbers; empty if one of them is none. Only finite numbers count.
    public func doubles(_ tag: Tag) -> [Double] {
        switch self[tag]?.value {
        case .numbers(let values): values.allSatisfy(\.isFinite) ? values : []
        case .integers(let values): values.map { Double($0) }
        case .text(let values): Self.all(values, Self.decimal)
        default: []
        }
    }

    /// The first value as a UID; nil if it breaks the grammar.
    public func uid(_ tag: Tag) -> UID? { string(tag).flatMap { UID($0) } }

    /// The items of a sequence.
    public func items(_ tag: Tag) -> [DataSet] {
        guard case .sequence(let items)? = self[tag]?.value else { return [] }
        return items
    }

    /// The bytes of an OB, OW … or UN element.
    public func bytes(_ tag: Tag) -> [UInt8]? {
        guard case .bytes(let bytes)? = self[tag]?.value else { return nil }
        return bytes
    }

    /// Sets a character element.
    public mutating func set(_ tag: Tag, _ vr: VR, _ values: String...) {
        self[tag] = DataElement(tag, vr, .text(values))
    }

    /// Sets a binary integer element.
    public mutating func set(_ tag: Tag, _ vr: VR, _ values: Int...) {
        self[tag] = DataElement(tag, vr, .integers(values.map { Int64($0) }))
    }

    /// Sets a sequence.
    public mutating func set(_ tag: Tag, items: [DataSet]) {
        self[tag] = DataElement(tag, .SQ, .sequence(items))
    }

    /// Sets a UID element.
    public mutating func set(_ tag: Tag, _ uid: UID) {
        self[tag] = DataElement(tag, .UI, .text([uid.value]))
    }

    private static func all<T>(_ values: [String], _ transform: (String) -> T?) -> [T] {
        let converted = values.compactMap(transform)
        return converted.count == values.count ? converted : []
    }

    /// A decimal string (PS3.5 §6.2 DS): `Double` alone would also take hexadecimal, infinity and NaN.
    private static func decimal(_ text: String) -> Double? {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "E"), UInt8(ascii: "e"):
                true
            default: false
            }
        }
        guard allowed, let value = Double(text), value.isFinite else { return nil }
        return value
    }
}
