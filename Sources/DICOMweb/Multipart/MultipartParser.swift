/// One piece of a multipart body.
public enum MultipartEvent: Sendable, Equatable {
    /// A part begins; names are in lower case, of a repeated name the first counts.
    case part(headers: [String: String])
    /// The next bytes of the part's content.
    case bytes(ArraySlice<UInt8>)
    /// The part is complete.
    case endOfPart
}

/// Reads `multipart/related` (RFC 2046 §5.1, RFC 2387) as a value: bytes in, events out.
///
/// The CRLF before a delimiter belongs to the delimiter. However the bytes are cut, the same parts with the same
/// content come out. It holds one fed chunk and a window as long as a delimiter line, never a part.
public struct MultipartParser: Sendable {
    private enum State: Sendable {
        case preamble
        case headers
        case body
        case closed
    }

    /// After the boundary: `--`, or blanks and the end of the line.
    private enum LineEnd {
        case none
        case unknown
        case opens(length: Int)
        case closes
    }

    private static let longestPadding = 64

    private let search: ByteSearch
    private let limits: MultipartLimits
    private var state = State.preamble
    // A delimiter at the very start of the body has no CRLF of its own: this one stands in.
    private var window: [UInt8] = [0x0D, 0x0A]
    private var position = 0
    private var scanned = 0
    private var passed = 0
    private var partCount = 0
    private var endsPart = false
    /// How many bytes at `position` stand in for a line end and are no content.
    private var skipped = 2

    /// - Throws: `noBoundary` when `contentType` is no multipart type with a boundary of 1 to 256 visible bytes.
    public init(contentType: MediaType, limits: MultipartLimits = MultipartLimits()) throws(MultipartError) {
        guard contentType.essence.hasPrefix("multipart/"), let boundary = contentType.parameters["boundary"],
            (1...256).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw MultipartError(code: .noBoundary) }
        search = ByteSearch([0x0D, 0x0A, 0x2D, 0x2D] + Array(boundary.utf8))
        self.limits = limits
    }

    /// The closing delimiter has come; what follows is passed over.
    public var isClosed: Bool { state == .closed }

    /// Adds bytes. Take every event with ``next()`` before the next call.
    public mutating func feed(_ bytes: ArraySlice<UInt8>) {
        guard state != .closed else { return }
        window.removeFirst(position)
        scanned = max(0, scanned - position)
        position = 0
        window += bytes
    }

    /// The next event; nil when more bytes are needed or the body is closed.
    public mutating func next() throws(MultipartError) -> MultipartEvent? {
        if endsPart {
            endsPart = false
            return .endOfPart
        }
        return switch state {
        case .preamble: try passPreamble()
        case .headers: try readHeaders()
        case .body: try readBody()
        case .closed: nil
        }
    }

    /// The end of the bytes. Throws `truncated` unless the closing delimiter has come.
    public func finish() throws(MultipartError) {
        guard state == .closed else { throw MultipartError(code: .truncated) }
    }

    private mutating func passPreamble() throws(MultipartError) -> MultipartEvent? {
        guard try readUntilDelimiter() != nil else { return nil }
        return try next()
    }

    private mutating func readBody() throws(MultipartError) -> MultipartEvent? {
        guard let content = try readUntilDelimiter() else { return nil }
        return content.isEmpty ? try next() : .bytes(content)
    }

    /// Bytes that are certainly content; moves on to the next state behind a delimiter. Nil when more are needed.
    private mutating func readUntilDelimiter() throws(MultipartError) -> ArraySlice<UInt8>? {
        while let found = search.firstIndex(in: window, from: max(scanned, position)) {
            let lineEnd = lineEnd(from: found + search.needle.count)
            switch lineEnd {
            case .none:
                scanned = found + 1
                continue
            case .unknown:
                scanned = found
                return try take(upTo: found)
            case .opens(let length):
                let content = try content(upTo: found)
                position = found + search.needle.count + length
                try beginPart()
                return content
            case .closes:
                let content = try content(upTo: found)
                endsPart = state == .body
                state = .closed
                return content
            }
        }
        scanned = max(scanned, position, window.count - search.needle.count + 1)
        return try take(upTo: scanned)
    }

    private mutating func take(upTo end: Int) throws(MultipartError) -> ArraySlice<UInt8>? {
        guard end > position else { return nil }
        return try content(upTo: end)
    }

    /// Counts the bytes against the limit of where they stand, before anything behind them is looked at.
    private mutating func content(upTo end: Int) throws(MultipartError) -> ArraySlice<UInt8> {
        let content = window[position..<end].dropFirst(skipped)
        skipped = max(0, skipped - (end - position))
        position = end
        passed += content.count
        let isPreamble = state == .preamble
        guard passed <= (isPreamble ? limits.preambleBytes : limits.partBytes) else {
            throw MultipartError(code: isPreamble ? .longPreamble : .longPart)
        }
        return content
    }

    private func lineEnd(from start: Int) -> LineEnd {
        let rest = window[start...]
        if rest.first == 0x2D {
            guard rest.count > 1 else { return .unknown }
            return rest[start + 1] == 0x2D ? .closes : .none
        }
        let padding = rest.prefix(Self.longestPadding).prefix { $0 == 0x20 || $0 == 0x09 }
        let after = rest[padding.endIndex...].prefix(2)
        if after.elementsEqual([0x0D, 0x0A]) { return .opens(length: padding.count + 2) }
        let mayStillCome = after.isEmpty || (after.count == 1 && after.first == 0x0D)
        return mayStillCome && padding.count < Self.longestPadding ? .unknown : .none
    }

    private mutating func beginPart() throws(MultipartError) {
        endsPart = state == .body
        state = .headers
        partCount += 1
        guard partCount <= limits.parts else { throw MultipartError(code: .tooManyParts) }
        passed = 0
        scanned = position
    }

    private mutating func readHeaders() throws(MultipartError) -> MultipartEvent? {
        while let end = window[scanned...].firstIndex(of: 0x0A) {
            scanned = end + 1
            guard end - position <= limits.headerBytes else { throw MultipartError(code: .longHeader) }
            let hasReturn = end > position && window[end - 1] == 0x0D
            let line = hasReturn ? end - 1 : end
            guard line == position || window[line - 1] == 0x0A else { continue }
            let headers = try PartHeaders.parse(lines(upTo: line))
            // The blank line's CRLF may be the first half of a delimiter: a part without content.
            skipped = hasReturn ? 2 : 0
            position = scanned - skipped
            scanned = position
            state = .body
            return .part(headers: headers)
        }
        // No byte is looked at twice, however small the pieces are.
        scanned = window.count
        guard window.count - position <= limits.headerBytes else { throw MultipartError(code: .longHeader) }
        return nil
    }

    private func lines(upTo end: Int) -> [ArraySlice<UInt8>] {
        window[position..<end].split(separator: 0x0A).map { $0.last == 0x0D ? $0.dropLast() : $0 }
    }
}
