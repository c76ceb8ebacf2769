import GRDB
import Sealing

/// Walks over the leaves in order, through segments and the database, a page at a time: no transaction stays open
/// while a page is used, and memory does not grow with the log.
struct LogReader {
    /// Rows of a page, and rows looked at for one page.
    private static let (pageLength, lookLength) = (256, 8_192)

    fileprivate enum Step: Sendable {
        case segment(SegmentRow, DataKey?)
        case rows([LeafRow], next: Int64)
    }

    private let store: SQLiteStore
    private let filter: LeafFilter
    private let past: Int64
    /// Sorted; all where nil.
    private var wanted: ArraySlice<Int64>?
    private var next: Int64
    private var segment: SegmentReader?

    init(_ store: SQLiteStore, indexes: Range<Int64>, wanted: [Int64]? = nil, filter: LeafFilter) {
        (self.store, self.filter, self.wanted) = (store, filter, wanted?[...])
        (next, past) = (indexes.lowerBound, indexes.upperBound)
    }

    /// The next rows that the filter admits; nil at the end.
    mutating func page() async throws -> [LeafRow]? {
        while true {
            skipToWanted()
            guard next < past else { return nil }
            let rows = segment == nil ? try await step() : try segmentPage()
            if !rows.isEmpty { return rows }
        }
    }

    private mutating func step() async throws -> [LeafRow] {
        let (next, past, filter) = (next, past, filter)
        let wanted = wanted.map { Array($0.prefix(Self.pageLength)) }
        let step = try await store.read { transaction -> Step in
            if let segment = try transaction.segment(of: next) {
                return .segment(segment, try transaction.key(of: segment))
            }
            if let wanted { return try transaction.leaves(wanted.filter { $0 < past }, filter, past) }
            return try transaction.leaves(next..<past, filter)
        }
        switch step {
        case .segment(let row, let key):
            guard filter.admitsLeaves(upTo: row.segment.newest) else {
                self.next = row.indexes.upperBound
                return []
            }
            segment = try row.open(key, folders: store.context.options.archiveFolders)
            return []
        case .rows(let rows, let after):
            self.next = after
            return rows
        }
    }

    private mutating func segmentPage() throws -> [LeafRow] {
        guard var reader = segment.take() else { return [] }
        var rows: [LeafRow] = []
        while rows.count < Self.pageLength, reader.next < past, let row = try reader.nextLeaf() {
            guard row.index >= next else { continue }
            next = row.index + 1
            guard isWanted(row.index), filter.admits(row.index, row.leaf) else { continue }
            rows.append(row)
        }
        if next < reader.header.past { segment = reader }
        return rows
    }

    private mutating func isWanted(_ index: Int64) -> Bool {
        guard wanted != nil else { return true }
        while let first = wanted?.first, first < index { wanted?.removeFirst() }
        return wanted?.first == index
    }

    private mutating func skipToWanted() {
        while let first = wanted?.first, first < next { wanted?.removeFirst() }
        guard let wanted else { return }
        next = max(next, wanted.first ?? past)
        // What is wanted may stand behind the open segment.
        if let reader = segment, next >= reader.header.past { segment = nil }
    }
}

extension LogReader {
    fileprivate static func isFull(_ rows: Int, _ looked: Int) -> Bool { rows >= pageLength || looked >= lookLength }
}

extension StoreTransaction {
    /// Leaves of the database that are wanted; the step ends where a segment or the database does.
    fileprivate func leaves(_ wanted: [Int64], _ filter: LeafFilter, _ past: Int64) throws -> LogReader.Step {
        var rows: [LeafRow] = []
        var next = past
        for (position, index) in wanted.enumerated() {
            next = position + 1 < wanted.count ? index + 1 : max(index + 1, 0)
            guard let row = try row("SELECT * FROM leaves WHERE idx = ?", [index]).map(LeafRow.init) else { continue }
            if filter.admits(index, row.leaf) { rows.append(row) }
        }
        return .rows(rows, next: next)
    }

    fileprivate func leaves(_ indexes: Range<Int64>, _ filter: LeafFilter) throws -> LogReader.Step {
        let cursor = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT idx, bytes, data_key, body, subjects FROM leaves WHERE idx >= ? AND idx < ? ORDER BY idx
                    """),
            arguments: [indexes.lowerBound, indexes.upperBound])
        var (rows, looked): ([LeafRow], Int) = ([], 0)
        while let row = try cursor.next() {
            looked += 1
            let index: Int64 = row[0]
            if filter.admits(index, try row.blob(1)) { rows.append(try LeafRow(row)) }
            if LogReader.isFull(rows.count, looked) { return .rows(rows, next: index + 1) }
        }
        return .rows(rows, next: indexes.upperBound)
    }
}

extension SegmentRow {
    /// - Throws: `segmentMissing`, `segmentChanged`.
    func open(_ key: DataKey?, folders: [String]) throws -> SegmentReader {
        guard let path = segment.path(in: folders) else { throw StoreFailure.segmentMissing }
        return try SegmentReader(path, of: indexes, name: segment.name, key: key)
    }
}
