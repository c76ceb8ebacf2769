import GRDB

/// The fourth schema: de-identified copies on their way to research archives.
enum Version4 {
    static func migrate(_ db: Database) throws { try db.execute(sql: statements) }

    /// The BLOB column holds a sealed value; no column holds an identifier.
    private static let statements = """
        CREATE TABLE exports (
            row INTEGER NOT NULL PRIMARY KEY,
            id TEXT NOT NULL CHECK (length(id) = 36),
            order_row INTEGER NOT NULL REFERENCES orders (row),
            destination TEXT NOT NULL CHECK (length(destination) > 0),
            state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'quarantined', 'failed', 'discarded')),
            code TEXT,
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
            first_attempt INTEGER,
            next_attempt INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            fence INTEGER NOT NULL DEFAULT 1 CHECK (fence > 0),
            lease_until INTEGER,
            data_key INTEGER NOT NULL REFERENCES data_key (row),
            content BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX exports_id ON exports (id);
        CREATE INDEX exports_due ON exports (destination, next_attempt) WHERE state = 'pending';
        CREATE INDEX exports_order ON exports (order_row, destination);
        CREATE TRIGGER exports_fence BEFORE UPDATE OF fence ON exports WHEN NEW.fence < OLD.fence
            BEGIN SELECT RAISE(ABORT, 'a fence never goes back'); END;
        CREATE TRIGGER exports_end BEFORE UPDATE OF state ON exports
            WHEN OLD.state IN ('sent', 'discarded') AND NEW.state <> OLD.state
            BEGIN SELECT RAISE(ABORT, 'an export that has ended stays as it is'); END;
        CREATE TRIGGER exports_delete BEFORE DELETE ON exports
            BEGIN SELECT RAISE(ABORT, 'what went outside is never forgotten'); END;
        """
}
