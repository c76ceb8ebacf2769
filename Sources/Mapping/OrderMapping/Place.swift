import HL7v2

/// One place that a field's value may come from; of several the first that says something counts.
/// A class, for it is passed around for each field of each message.
final class Place: Sendable {
    /// Where the value stands, or the value itself.
    enum Source: Sendable, Hashable {
        case path(FieldPath)
        case constant(String)
    }

    let source: Source
    let condition: Condition?
    /// Parts of the text, each taken from what the one before it left.
    let pieces: [TextPiece]
    /// Tables, asked one after the other.
    let codes: [CodeMap]
    /// Whether a code that no table has counts as nothing said, instead of being kept as it is.
    let dropsUnmapped: Bool
    /// For times without a zone.
    let timeZone: SourceTimeZone?
    /// The configured assigner that is meant where the identifier names none.
    let assigner: Assigner?
    /// The place in the file, such as `sites/x.yaml: order.modality[1]`.
    let origin: String
    /// The same place, for those who check the file.
    let mark: FileMark

    var path: FieldPath? {
        guard case .path(let path) = source else { return nil }
        return path
    }

    /// A path, or a mapping with `path` or `value`, `when`, `take`, `codes`, `unmapped`, `timeZone`, `assigner`.
    init(_ node: YAMLNode, for field: OrderField, with context: LoadingContext) throws(MappingError) {
        origin = node.origin
        mark = node.mark
        guard node.isMapping else {
            source = .path(try node.fieldPath())
            (condition, pieces, codes, dropsUnmapped, timeZone, assigner) = (nil, [], [], false, nil, nil)
            return
        }
        _ = try node.members(allowed: Self.keys(for: field))
        switch (try node.member("path"), try node.member("value")) {
        case (let path?, nil): source = .path(try path.fieldPath())
        case (nil, let value?): source = .constant(try Self.constant(value, for: field))
        case (nil, nil): throw node.error(.missingKey)
        default: throw node.error(.invalidValue)
        }
        condition = try node.member("when").map { when throws(MappingError) in try Condition(when) }
        pieces =
            try node.member("take")?.elements().map { node throws(MappingError) in try TextPiece(node) } ?? []
        codes =
            try node.member("codes")?.elements().map { node throws(MappingError) in
                try context.codeMap(node)
            } ?? []
        dropsUnmapped = try node.member("unmapped").map { node throws(MappingError) in try Self.drops(node) } ?? false
        timeZone = try node.member("timeZone").map { node throws(MappingError) in try node.timeZone() }
        assigner = try node.member("assigner").map { node throws(MappingError) in try context.assigner(node) }
    }

    /// What can be said of a place depends on how the field is read.
    private static func keys(for field: OrderField) -> [String] {
        switch field.kind {
        case .identifier: ["path", "when", "take", "assigner"]
        case .whole: ["path", "when"]
        case .time: ["path", "value", "when", "take", "timeZone"]
        case .text: ["path", "value", "when", "take", "codes", "unmapped"]
        }
    }

    /// A constant that the field can hold: it is looked at once, here.
    private static func constant(_ node: YAMLNode, for field: OrderField) throws(MappingError) -> String {
        let text = try node.text()
        let isUsable =
            switch field {
            case .orderControl: OrderControl(rawValue: text) != nil
            case .studyInstanceUID: false
            case .birthDate, .scheduledTime, .transactionTime: (try? DTM(parsing: text)) != nil
            default: true
            }
        guard isUsable else { throw node.error(.invalidValue) }
        return text
    }

    private static func drops(_ node: YAMLNode) throws(MappingError) -> Bool {
        switch try node.text() {
        case "drop": true
        case "keep": false
        default: throw node.error(.invalidValue)
        }
    }

    /// The text that the place gives for what stands there; nil where it takes nothing of it, or drops its code.
    func value(of text: String) -> (text: String, isUnmapped: Bool)? {
        var value = text
        for piece in pieces {
            guard let taken = piece.taken(from: value) else { return nil }
            value = taken
        }
        guard !codes.isEmpty else { return (value, false) }
        for map in codes {
            if let mapped = map[value] { return (mapped, false) }
        }
        return dropsUnmapped ? nil : (value, true)
    }
}

extension YAMLNode {
    /// A path such as `OBR-4.1`.
    func fieldPath() throws(MappingError) -> FieldPath {
        guard let path = try? FieldPath(parsing: text()) else { throw error(.invalidValue) }
        return path
    }

    /// A zone such as `Europe/Berlin` or `+01:00`.
    func timeZone() throws(MappingError) -> SourceTimeZone {
        guard let zone = try? SourceTimeZone(identifier: text()) else { throw error(.timeZoneUnknown) }
        return zone
    }
}
