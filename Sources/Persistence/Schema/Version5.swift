import GRDB

/// The fifth schema: certificates of de-identification.
enum Version5 {
    static func migrate(_ db: Database) throws { try db.execute(sql: statements) }

    /// The BLOB column holds a sealed value; no column holds an identifier.
    private static let statements = """
        CREATE TABLE certificates (
            row INTEGER NOT NULL PRIMARY KEY,
            id TEXT NOT NULL CHECK (length(id) = 36),
            order_row INTEGER NOT NULL REFERENCES orders (row),
            purpose TEXT NOT NULL CHECK (length(purpose) > 0),
            created INTEGER NOT NULL,
            data_key INTEGER NOT NULL REFERENCES data_key (row),
            content BLOB NOT NULL
        ) STRICT;
        CREATE INDEX certificates_order ON certificates (order_row, row);
        CREATE TRIGGER certificates_delete BEFORE DELETE ON certificates
            BEGIN SELECT RAISE(ABORT, 'a certificate is never forgotten'); END;
        """
}
