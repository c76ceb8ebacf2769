import GRDB

/// The schema, as text that never changes once released; a later version adds a migration.
enum Migrations {
    /// Applies what is missing.
    /// - Throws: `schemaNewer` for a file of a later version.
    static func migrate(_ writer: some DatabaseWriter, upTo version: String = "5") throws {
        try refuseNewer(writer)
        try migrator.migrate(writer, upTo: version)
    }

    /// - Throws: `schemaNewer` for a file of a later version.
    static func refuseNewer(_ reader: some DatabaseReader) throws {
        guard try !reader.read(migrator.hasBeenSuperseded) else { throw StoreFailure.schemaNewer }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in try db.execute(sql: version1) }
        migrator.registerMigration("2") { db in try Version2.migrate(db) }
        migrator.registerMigration("3") { db in try Version3.migrate(db) }
        migrator.registerMigration("4") { db in try Version4.migrate(db) }
        migrator.registerMigration("5") { db in try Version5.migrate(db) }
        return migrator
    }

    /// Columns of type BLOB hold sealed values, keyed index values, or leaves and hashes; no column holds an
    /// identifier.
    private static let version1 = """
        CREATE TABLE meta (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE data_key (
            id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 32),
            subject BLOB CHECK (subject IS NULL OR length(subject) = 32),
            master TEXT NOT NULL,
            wrapped BLOB,
            destroyed INTEGER NOT NULL DEFAULT 0 CHECK (destroyed IN (0, 1)),
            CHECK ((wrapped IS NULL) = (destroyed = 1))
        ) STRICT;
        CREATE UNIQUE INDEX data_key_subject ON data_key (subject) WHERE subject IS NOT NULL AND destroyed = 0;

        CREATE TABLE data_key_link (
            subject BLOB NOT NULL CHECK (length(subject) = 32),
            data_key TEXT NOT NULL REFERENCES data_key (id),
            PRIMARY KEY (subject, data_key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX data_key_link_key ON data_key_link (data_key);

        CREATE TABLE orders (
            id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
            kind TEXT NOT NULL CHECK (kind IN ('order', 'notice', 'tombstone')),
            state TEXT NOT NULL CHECK (state IN ('accepted', 'waiting', 'held', 'composed', 'delivered',
                'notApplicable', 'parked', 'cancelled')),
            next_attempt INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            fence INTEGER NOT NULL DEFAULT 1 CHECK (fence > 0),
            lease_until INTEGER,
            data_key TEXT NOT NULL REFERENCES data_key (id),
            content BLOB NOT NULL
        ) STRICT;
        CREATE INDEX orders_due ON orders (state, next_attempt);
        CREATE INDEX orders_created ON orders (created);
        CREATE TRIGGER orders_fence BEFORE UPDATE ON orders WHEN NEW.fence < OLD.fence
            BEGIN SELECT RAISE(ABORT, 'a fence never goes back'); END;

        CREATE TABLE order_keys (
            value BLOB NOT NULL PRIMARY KEY CHECK (length(value) = 32),
            order_id TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX order_keys_order ON order_keys (order_id);

        CREATE TABLE order_studies (
            value BLOB NOT NULL CHECK (length(value) = 32),
            order_id TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
            PRIMARY KEY (value, order_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX order_studies_order ON order_studies (order_id);

        CREATE TABLE messages (
            id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
            received INTEGER NOT NULL,
            source TEXT NOT NULL,
            kept INTEGER NOT NULL CHECK (kept IN (0, 1)),
            deduplication BLOB CHECK (deduplication IS NULL OR length(deduplication) = 32),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            data_key TEXT NOT NULL REFERENCES data_key (id),
            size INTEGER NOT NULL CHECK (size >= 0),
            body BLOB,
            reply BLOB
        ) STRICT;
        CREATE INDEX messages_deduplication ON messages (deduplication, digest, received)
            WHERE deduplication IS NOT NULL;
        CREATE INDEX messages_received ON messages (received) WHERE body IS NOT NULL;

        CREATE TABLE outbox (
            id INTEGER NOT NULL PRIMARY KEY,
            order_id TEXT NOT NULL REFERENCES orders (id),
            destination TEXT NOT NULL CHECK (length(destination) > 0),
            state TEXT NOT NULL CHECK (state IN ('held', 'pending', 'delivered', 'withdrawn', 'failed')),
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            first_attempt INTEGER,
            next_attempt INTEGER NOT NULL,
            created INTEGER NOT NULL,
            fence INTEGER NOT NULL DEFAULT 1 CHECK (fence > 0),
            lease_until INTEGER,
            withdraw INTEGER NOT NULL DEFAULT 0 CHECK (withdraw IN (0, 1)),
            data_key TEXT NOT NULL REFERENCES data_key (id),
            payload BLOB NOT NULL
        ) STRICT;
        CREATE INDEX outbox_due ON outbox (state, next_attempt);
        CREATE INDEX outbox_order ON outbox (order_id, destination, state);
        CREATE TRIGGER outbox_end BEFORE UPDATE ON outbox
            WHEN OLD.state IN ('delivered', 'withdrawn', 'failed') AND NEW.state <> OLD.state
            BEGIN SELECT RAISE(ABORT, 'an entry that has ended stays as it is'); END;

        CREATE TABLE frontier (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            size INTEGER NOT NULL CHECK (size >= 0),
            bytes BLOB NOT NULL
        ) STRICT;
        INSERT INTO frontier (id, size, bytes) VALUES (1, 0, x'0000000000000000');

        CREATE TABLE leaves (
            idx INTEGER NOT NULL PRIMARY KEY CHECK (idx >= 0),
            bytes BLOB NOT NULL,
            data_key TEXT NOT NULL REFERENCES data_key (id),
            body BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER leaves_next BEFORE INSERT ON leaves
            WHEN NEW.idx <> coalesce((SELECT max(idx) FROM leaves), -1) + 1
            BEGIN SELECT RAISE(ABORT, 'leaves are appended in order'); END;
        CREATE TRIGGER leaves_update BEFORE UPDATE ON leaves
            BEGIN SELECT RAISE(ABORT, 'leaves never change'); END;
        CREATE TRIGGER leaves_delete BEFORE DELETE ON leaves
            BEGIN SELECT RAISE(ABORT, 'leaves are never removed'); END;

        CREATE TRIGGER frontier_update BEFORE UPDATE ON frontier
            WHEN NEW.size < OLD.size OR NEW.size <> coalesce((SELECT max(idx) FROM leaves), -1) + 1
            BEGIN SELECT RAISE(ABORT, 'the frontier goes with the leaves'); END;
        CREATE TRIGGER frontier_delete BEFORE DELETE ON frontier
            BEGIN SELECT RAISE(ABORT, 'the frontier is never removed'); END;

        CREATE TABLE leaf_subjects (
            value BLOB NOT NULL CHECK (length(value) = 32),
            idx INTEGER NOT NULL REFERENCES leaves (idx),
            PRIMARY KEY (value, idx)
        ) STRICT, WITHOUT ROWID;
        """
}
