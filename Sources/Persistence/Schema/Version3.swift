import GRDB

/// The third schema: what keeping needs. Bodies may be taken away, leaves may move into segments, and the database
/// itself refuses everything else.
enum Version3 {
    static func migrate(_ db: Database) throws { try db.execute(sql: statements) }

    /// Columns of type BLOB hold sealed values, keyed index values, or leaves and hashes; no column holds an
    /// identifier.
    private static let statements = """
        CREATE TABLE archive_segments (
            start INTEGER NOT NULL PRIMARY KEY CHECK (start >= 0),
            past INTEGER NOT NULL CHECK (past > start),
            folder TEXT NOT NULL CHECK (length(folder) > 0),
            name TEXT NOT NULL CHECK (length(name) > 0),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            frontier BLOB NOT NULL,
            newest INTEGER NOT NULL,
            data_key INTEGER NOT NULL REFERENCES data_key (row)
        ) STRICT;
        CREATE TRIGGER archive_segments_next BEFORE INSERT ON archive_segments
            WHEN NEW.start <> coalesce((SELECT max(past) FROM archive_segments), 0)
                OR NEW.past > (SELECT size FROM frontier WHERE id = 1)
            BEGIN SELECT RAISE(ABORT, 'segments follow one another'); END;
        CREATE TRIGGER archive_segments_update BEFORE UPDATE ON archive_segments
            WHEN NEW.start <> OLD.start OR NEW.past <> OLD.past OR NEW.name <> OLD.name OR NEW.digest <> OLD.digest
                OR NEW.frontier <> OLD.frontier OR NEW.newest <> OLD.newest OR NEW.data_key <> OLD.data_key
            BEGIN SELECT RAISE(ABORT, 'a segment only moves to another folder'); END;
        CREATE TRIGGER archive_segments_delete BEFORE DELETE ON archive_segments
            BEGIN SELECT RAISE(ABORT, 'segments are never removed'); END;

        DROP TRIGGER leaves_next; DROP TRIGGER leaves_update; DROP TRIGGER leaves_delete; DROP TRIGGER frontier_update;
        CREATE TRIGGER leaves_next BEFORE INSERT ON leaves
            WHEN NEW.idx <> coalesce((SELECT max(idx) FROM leaves), (SELECT max(past) - 1 FROM archive_segments), -1) + 1
            BEGIN SELECT RAISE(ABORT, 'leaves are appended in order'); END;
        CREATE TRIGGER leaves_update BEFORE UPDATE ON leaves
            WHEN NEW.idx <> OLD.idx OR NEW.bytes <> OLD.bytes OR NEW.data_key <> OLD.data_key
                OR NEW.subjects IS NOT OLD.subjects OR (NEW.body <> OLD.body AND NEW.body <> x'')
            BEGIN SELECT RAISE(ABORT, 'leaves never change'); END;
        CREATE TRIGGER leaves_delete BEFORE DELETE ON leaves
            WHEN NOT EXISTS (SELECT 1 FROM archive_segments WHERE start <= OLD.idx AND past > OLD.idx)
            BEGIN SELECT RAISE(ABORT, 'leaves are never removed'); END;
        CREATE TRIGGER frontier_update BEFORE UPDATE ON frontier
            WHEN NEW.size < OLD.size OR NEW.size <> coalesce((SELECT max(idx) FROM leaves),
                (SELECT max(past) - 1 FROM archive_segments), -1) + 1
            BEGIN SELECT RAISE(ABORT, 'the frontier goes with the leaves'); END;

        CREATE TABLE audit_cursor (
            destination TEXT NOT NULL PRIMARY KEY CHECK (length(destination) > 0),
            next INTEGER NOT NULL CHECK (next >= 0)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER audit_cursor_update BEFORE UPDATE ON audit_cursor
            WHEN NEW.destination <> OLD.destination OR NEW.next < OLD.next
            BEGIN SELECT RAISE(ABORT, 'a place in the log never goes back'); END;

        CREATE TABLE legal_hold (
            row INTEGER NOT NULL PRIMARY KEY,
            id TEXT NOT NULL CHECK (length(id) = 36),
            subject BLOB CHECK (subject IS NULL OR length(subject) = 32),
            code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 40),
            created INTEGER NOT NULL,
            data_key INTEGER REFERENCES data_key (row),
            body BLOB,
            CHECK ((subject IS NULL) = (body IS NULL) AND (body IS NULL) = (data_key IS NULL))
        ) STRICT;

        ALTER TABLE data_key ADD COLUMN destroyed_at INTEGER;
        CREATE TRIGGER data_key_end BEFORE UPDATE ON data_key WHEN OLD.destroyed = 1
            BEGIN SELECT RAISE(ABORT, 'a destroyed key stays destroyed'); END;

        INSERT INTO meta (name, value) VALUES ('correlationsFrom', (SELECT size FROM frontier WHERE id = 1));
        """
}
