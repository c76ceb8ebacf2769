import GRDB

extension StoreTransaction {
    /// Gives every leaf in order, from segments and from the database.
    /// - Throws: `segmentMissing`, `segmentChanged`, and what `body` throws.
    func eachLeaf(_ indexes: Range<Int64>, _ body: (_ index: Int64, _ leaf: [UInt8]) throws -> Void) throws {
        for segment in try segments() where segment.indexes.overlaps(indexes) {
            var reader = try segment.open(nil, folders: context.options.archiveFolders)
            while let row = try reader.nextLeaf() {
                if indexes.contains(row.index) { try body(row.index, row.leaf) }
            }
        }
        let rows = try Row.fetchCursor(
            db, sql: "SELECT idx, bytes FROM leaves WHERE idx >= ? AND idx < ? ORDER BY idx",
            arguments: [indexes.lowerBound, indexes.upperBound])
        while let row = try rows.next() { try body(row[0], try row.blob(1)) }
    }
}
