"""What stands in the audit log, read from the leaves as an auditor with the file would."""

import json
import sqlite3
from collections import Counter
from pathlib import Path


def database_of(data: Path) -> Path:
    """The store's database in a data folder."""
    return next(path for path in data.rglob("*") if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3")


def leaf_column(database: Path) -> tuple[str, str]:
    """The table and column that hold the leaves: canonical JSON that begins with `body`."""
    with sqlite3.connect(database) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for column in [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]:
                row = connection.execute(f'SELECT CAST("{column}" AS BLOB) FROM "{table}" LIMIT 1').fetchone()
                if row and row[0] and bytes(row[0]).startswith(b'{"body"'):
                    return table, column
    raise AssertionError("no table of leaves")


def leaves(gateway) -> list[dict]:
    """All leaves, oldest first; also while the gateway runs."""
    database = database_of(gateway.data)
    table, column = leaf_column(database)
    with sqlite3.connect(database) as connection:
        rows = connection.execute(f'SELECT CAST("{column}" AS BLOB) FROM "{table}" ORDER BY rowid').fetchall()
    return [json.loads(bytes(row[0])) for row in rows]


def events(gateway) -> Counter:
    """How often each event stands in the log."""
    return Counter(leaf["event"] for leaf in leaves(gateway))
