import GRDB
import Workflow

/// The second schema: rows are appended in order and found through `lookup`, because a keyed value or a random name as
/// a key of a table costs a page of its own in every commit.
enum Version2 {
    static func migrate(_ db: Database) throws {
        try db.execute(sql: renaming)
        try db.execute(sql: tables)
        try db.execute(sql: copying)
        try moveTerms(db)
        try fillLookups(db)
        try db.execute(sql: ending)
    }

    private static let renaming = """
        DROP INDEX data_key_subject; DROP INDEX data_key_link_key; DROP INDEX orders_due; DROP INDEX orders_created;
        DROP INDEX messages_deduplication; DROP INDEX messages_received; DROP INDEX outbox_due; DROP INDEX outbox_order;
        DROP TRIGGER orders_fence; DROP TRIGGER outbox_end; DROP TRIGGER leaves_next; DROP TRIGGER leaves_update;
        DROP TRIGGER leaves_delete; DROP TRIGGER frontier_update;
        ALTER TABLE data_key RENAME TO old_data_key;
        ALTER TABLE data_key_link RENAME TO old_data_key_link;
        ALTER TABLE orders RENAME TO old_orders;
        ALTER TABLE messages RENAME TO old_messages;
        ALTER TABLE outbox RENAME TO old_outbox;
        ALTER TABLE leaves RENAME TO old_leaves;
        """

    /// Columns of type BLOB hold sealed values, keyed index values, or leaves and hashes; no column holds an
    /// identifier.
    private static let tables = """
        CREATE TABLE lookup (
            value INTEGER NOT NULL,
            target INTEGER NOT NULL,
            PRIMARY KEY (value, target)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE lookup_recent (
            id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            bytes BLOB NOT NULL CHECK (length(bytes) % 16 = 0)
        ) STRICT;

        CREATE TABLE data_key (
            row INTEGER NOT NULL PRIMARY KEY,
            id TEXT NOT NULL CHECK (length(id) = 32),
            subjects BLOB CHECK (subjects IS NULL OR length(subjects) % 32 = 0),
            master TEXT NOT NULL,
            wrapped BLOB,
            destroyed INTEGER NOT NULL DEFAULT 0 CHECK (destroyed IN (0, 1)),
            CHECK ((wrapped IS NULL) = (destroyed = 1))
        ) STRICT;

        CREATE TABLE orders (
            row INTEGER NOT NULL PRIMARY KEY,
            id TEXT NOT NULL CHECK (length(id) = 36),
            kind TEXT NOT NULL CHECK (kind IN ('order', 'notice', 'tombstone')),
            state TEXT NOT NULL CHECK (state IN ('accepted', 'waiting', 'held', 'composed', 'delivered',
                'notApplicable', 'parked', 'cancelled')),
            next_attempt INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            fence INTEGER NOT NULL DEFAULT 1 CHECK (fence > 0),
            lease_until INTEGER,
            data_key INTEGER NOT NULL REFERENCES data_key (row),
            terms BLOB NOT NULL CHECK (length(terms) % 17 = 0),
            content BLOB NOT NULL
        ) STRICT;
        CREATE INDEX orders_due ON orders (state, next_attempt);
        CREATE INDEX orders_created ON orders (created);
        CREATE TRIGGER orders_fence BEFORE UPDATE OF fence ON orders WHEN NEW.fence < OLD.fence
            BEGIN SELECT RAISE(ABORT, 'a fence never goes back'); END;

        CREATE TABLE messages (
            row INTEGER NOT NULL PRIMARY KEY,
            id TEXT NOT NULL CHECK (length(id) = 36),
            received INTEGER NOT NULL,
            source TEXT NOT NULL,
            kept INTEGER NOT NULL CHECK (kept IN (0, 1)),
            deduplication BLOB CHECK (deduplication IS NULL OR length(deduplication) = 32),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            data_key INTEGER NOT NULL REFERENCES data_key (row),
            size INTEGER NOT NULL CHECK (size >= 0),
            body BLOB,
            reply BLOB
        ) STRICT;
        CREATE INDEX messages_kept ON messages (row) WHERE kept = 1;

        CREATE TABLE outbox (
            id INTEGER NOT NULL PRIMARY KEY,
            order_row INTEGER NOT NULL REFERENCES orders (row),
            destination TEXT NOT NULL CHECK (length(destination) > 0),
            kind TEXT NOT NULL CHECK (kind IN ('report', 'withdrawal')),
            state TEXT NOT NULL CHECK (state IN ('held', 'pending', 'delivered', 'withdrawn', 'failed')),
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            first_attempt INTEGER,
            next_attempt INTEGER NOT NULL,
            created INTEGER NOT NULL,
            fence INTEGER NOT NULL DEFAULT 1 CHECK (fence > 0),
            lease_until INTEGER,
            withdraw INTEGER NOT NULL DEFAULT 0 CHECK (withdraw IN (0, 1)),
            retract INTEGER NOT NULL DEFAULT 0 CHECK (retract IN (0, 1)),
            data_key INTEGER NOT NULL REFERENCES data_key (row),
            payload BLOB NOT NULL
        ) STRICT;
        CREATE INDEX outbox_due ON outbox (state, next_attempt);
        CREATE INDEX outbox_order ON outbox (order_row, destination, state);
        CREATE TRIGGER outbox_end BEFORE UPDATE ON outbox
            WHEN OLD.state IN ('delivered', 'withdrawn', 'failed') AND NEW.state <> OLD.state
            BEGIN SELECT RAISE(ABORT, 'an entry that has ended stays as it is'); END;

        CREATE TABLE replies (
            row INTEGER NOT NULL PRIMARY KEY,
            id TEXT NOT NULL CHECK (length(id) = 36),
            destination TEXT NOT NULL CHECK (length(destination) > 0),
            state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            first_attempt INTEGER,
            next_attempt INTEGER NOT NULL,
            created INTEGER NOT NULL,
            fence INTEGER NOT NULL DEFAULT 1 CHECK (fence > 0),
            lease_until INTEGER,
            data_key INTEGER NOT NULL REFERENCES data_key (row),
            payload BLOB,
            CHECK (payload IS NOT NULL OR state = 'delivered')
        ) STRICT;
        CREATE INDEX replies_pending ON replies (destination, row) WHERE state = 'pending';

        CREATE TABLE patient_merge (
            row INTEGER NOT NULL PRIMARY KEY,
            id TEXT NOT NULL CHECK (length(id) = 36),
            prior BLOB NOT NULL CHECK (length(prior) = 32),
            created INTEGER NOT NULL,
            data_key INTEGER NOT NULL REFERENCES data_key (row),
            surviving BLOB NOT NULL
        ) STRICT;

        CREATE TABLE leaves (
            idx INTEGER NOT NULL PRIMARY KEY CHECK (idx >= 0),
            bytes BLOB NOT NULL,
            data_key INTEGER NOT NULL REFERENCES data_key (row),
            body BLOB NOT NULL,
            subjects BLOB CHECK (subjects IS NULL OR length(subjects) % 8 = 0)
        ) STRICT;
        """

    private static let copying = """
        INSERT INTO data_key (row, id, subjects, master, wrapped, destroyed)
            SELECT rowid, id, subject, master, wrapped, destroyed FROM old_data_key ORDER BY rowid;
        INSERT INTO orders (row, id, kind, state, next_attempt, created, updated, fence, lease_until, data_key, terms,
                content)
            SELECT old.rowid, old.id, kind, state, next_attempt, created, updated, fence, lease_until, data_key.row,
                x'', content
            FROM old_orders AS old JOIN old_data_key AS key ON key.id = old.data_key
                JOIN data_key ON data_key.row = key.rowid ORDER BY old.rowid;
        INSERT INTO messages
            SELECT NULL, old.id, received, source, kept, deduplication, digest, key.rowid, size, body, reply
            FROM old_messages AS old JOIN old_data_key AS key ON key.id = old.data_key ORDER BY received, old.rowid;
        INSERT INTO outbox (id, order_row, destination, kind, state, attempts, first_attempt, next_attempt, created,
                fence, lease_until, withdraw, data_key, payload)
            SELECT old.id, old_orders.rowid, destination, 'report', old.state, attempts, first_attempt, old.next_attempt,
                old.created, old.fence, old.lease_until, withdraw, key.rowid, payload
            FROM old_outbox AS old JOIN old_data_key AS key ON key.id = old.data_key
                JOIN old_orders ON old_orders.id = old.order_id ORDER BY old.id;
        INSERT INTO leaves (idx, bytes, data_key, body)
            SELECT idx, bytes, key.rowid, body
            FROM old_leaves AS old JOIN old_data_key AS key ON key.id = old.data_key ORDER BY idx;
        """

    private static let ending = """
        DROP TABLE leaf_subjects; DROP TABLE old_leaves; DROP TABLE old_outbox; DROP TABLE old_messages;
        DROP TABLE order_keys; DROP TABLE order_studies; DROP TABLE old_orders; DROP TABLE old_data_key_link;
        DROP TABLE old_data_key;

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
        """
}

extension Version2 {
    /// What an order is found by goes into its row.
    private static func moveTerms(_ db: Database) throws {
        var terms: [Int64: OrderTerms] = [:]
        for (table, kind) in [("order_keys", OrderTerm.Kind.key), ("order_studies", .study)] {
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT value, old_orders.rowid AS number FROM \(table) JOIN old_orders ON old_orders.id = order_id
                    """)
            while let row = try rows.next() {
                terms[row["number"], default: OrderTerms()].add([OrderTerm(kind, try row.bytes("value"))])
            }
        }
        let statement = try db.cachedStatement(sql: "UPDATE orders SET terms = ? WHERE row = ?")
        for (number, terms) in terms { try statement.execute(arguments: [terms.blob, number]) }
    }

    private static func fillLookups(_ db: Database) throws {
        var entries: [LookupEntry] = []
        func add(_ sql: String, _ kind: LookupKind) throws {
            let rows = try Row.fetchCursor(db, sql: sql)
            while let row = try rows.next() {
                entries.append(LookupEntry(try row.bytes("value"), kind, row: row["number"]))
            }
        }
        try add(
            "SELECT value, old_orders.rowid AS number FROM order_keys JOIN old_orders ON old_orders.id = order_id",
            .order)
        try add(
            "SELECT value, old_orders.rowid AS number FROM order_studies JOIN old_orders ON old_orders.id = order_id",
            .order)
        try add("SELECT deduplication AS value, row AS number FROM messages WHERE deduplication IS NOT NULL", .message)
        try add(
            """
            SELECT link.subject AS value, key.rowid AS number FROM old_data_key_link AS link
                JOIN old_data_key AS key ON key.id = link.data_key
            """, .dataKey)
        try add("SELECT value, idx AS number FROM leaf_subjects", .leaf)
        let orders = try Row.fetchCursor(db, sql: "SELECT row, id FROM orders")
        while let row = try orders.next() {
            entries.append(LookupEntry(OrderID.lookupValue(row["id"]), .order, row: row["row"]))
        }
        try shareKeys(db)
        let statement = try db.cachedStatement(sql: "INSERT OR IGNORE INTO lookup (value, target) VALUES (?, ?)")
        for entry in entries.sorted() { try statement.execute(arguments: [entry.value, entry.target]) }
        let leaves = try Int64.fetchOne(db, sql: "SELECT count(*) FROM leaves") ?? 0
        let last = try Int64.fetchOne(db, sql: "SELECT max(row) FROM orders") ?? 0
        try db.execute(
            sql: "INSERT INTO meta (name, value) VALUES ('subjectsSortedTo', ?), ('patientsMissingTo', ?)",
            arguments: [String(leaves), String(last)])
    }

    /// A key of several patients says whom it protects.
    private static func shareKeys(_ db: Database) throws {
        var subjects: [Int64: [[UInt8]]] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT link.subject, key.rowid AS number FROM old_data_key_link AS link
                    JOIN old_data_key AS key ON key.id = link.data_key
                WHERE key.subject IS NULL ORDER BY link.subject
                """)
        while let row = try rows.next() { subjects[row["number"], default: []].append(try row.bytes("subject")) }
        for (number, values) in subjects {
            try db.execute(
                sql: "UPDATE data_key SET subjects = ? WHERE row = ?",
                arguments: [values.flatMap(\.self).blob, number])
        }
    }
}
