import HL7v2
import Sealing

/// An ORU^R01 that this module composed: names itself, and can be withdrawn.
public struct ResultMessage: Sendable, Equatable {
    /// The message as it is sent.
    public let bytes: [UInt8]

    private static let separator = UInt8(ascii: "|")
    private static let segmentEnd: UInt8 = 0x0D

    /// Takes a message that was composed and stored.
    ///
    /// - Throws: `messageInvalid` unless it is an ORU^R01 of ours with its control ID.
    public init(_ bytes: [UInt8]) throws(ReportingError) {
        self.bytes = bytes
        guard let header = Self.segments(bytes).first, Self.name(header) == "MSH",
            Self.fields(header).count > 11, !controlID.isEmpty, Self.fields(header)[8].starts(with: Array("ORU^".utf8))
        else { throw ReportingError(.messageInvalid) }
    }

    /// Encodes a draft and gives it its MSH-10.
    init(_ draft: MessageDraft) throws(ReportingError) {
        do {
            try self.init(Self.named(try draft.encoded()))
        } catch let error as ReportingError {
            throw error
        } catch {
            throw ReportingError(.messageInvalid)
        }
    }

    /// MSH-10: 20 characters made of everything else in the message, so that the same message has the same one and
    /// another message another one.
    public var controlID: [UInt8] {
        let fields = Self.segments(bytes).first.map(Self.fields) ?? []
        return fields.count > 9 ? Array(fields[9]) : []
    }

    /// A digest over what the message says: the times at which it was written and analysed are left out, and its control
    /// ID with them.
    public var contentDigest: String {
        let rows = Self.segments(bytes).map { segment -> [UInt8] in
            var fields = Self.fields(segment)
            let times =
                switch Self.name(segment) {
                case "MSH": [6, 9]
                case "OBR": [22]
                case "OBX": [19]
                default: [Int]()
                }
            for index in times where index < fields.count { fields[index] = [] }
            return Array(fields.joined(separator: [Self.separator]))
        }
        return Digest.sha256(rows.flatMap { $0 + [Self.segmentEnd] }).hex
    }

    /// The message that takes this one back: the same lines with OBX-11 `W` (table 0085: the original is wrong, such as
    /// transmitted for the wrong patient) and a note. OBR-25 stays `P`: `X` would say that the exam was cancelled, `C`
    /// that a final was corrected.
    ///
    /// - Parameter microseconds: when it was withdrawn, since 1970-01-01T00:00:00Z.
    public func withdrawn(at microseconds: Int64) throws(ReportingError) -> ResultMessage {
        let time = Array(DTM(epochMicroseconds: microseconds).description.utf8)[...]
        var segments: [[UInt8]] = []
        var notes = 0
        var isNoted = false
        for segment in Self.segments(bytes) {
            var fields = Self.fields(segment)
            let name = Self.name(segment)
            if name == "OBX", !isNoted {
                segments.append(Array("NTE|\(notes + 1)|L|\(Self.withdrawalNote)".utf8))
                isNoted = true
            }
            switch name {
            case "MSH": fields[6] = time
            case "OBR" where fields.count > 22: fields[22] = time
            case "NTE": notes += 1
            case "OBX" where fields.count > 11: fields[11] = [UInt8(ascii: "W")]
            default: break
            }
            segments.append(Array(fields.joined(separator: [Self.separator])))
        }
        return try ResultMessage(Self.named(segments.flatMap { $0 + [Self.segmentEnd] }))
    }

    private static let withdrawalNote = "Withdrawn: this result was entered in error."

    /// The message with MSH-10 set from a digest over the message without one.
    private static func named(_ bytes: [UInt8]) -> [UInt8] {
        var rows = segments(bytes).map(Array.init)
        guard let header = rows.first else { return bytes }
        var fields = fields(header[...])
        guard fields.count > 9 else { return bytes }
        fields[9] = []
        rows[0] = Array(fields.joined(separator: [separator]))
        let digest = Digest.sha256(rows.flatMap { $0 + [segmentEnd] }).hex.uppercased()
        fields[9] = Array(digest.utf8.prefix(20))[...]
        rows[0] = Array(fields.joined(separator: [separator]))
        return rows.flatMap { $0 + [segmentEnd] }
    }

    private static func segments(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: segmentEnd)
    }

    /// Index 0 is the name; in MSH, whose first separator is a field, number n stands at n - 1.
    private static func fields(_ segment: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        segment.split(separator: separator, omittingEmptySubsequences: false)
    }

    private static func name(_ segment: ArraySlice<UInt8>) -> String {
        String(decoding: segment.prefix(3), as: UTF8.self)
    }
}

extension ResultMessage: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
