"""Promise 7 on a real log: it verifies, names who saw what, and one changed byte is found."""

import json
import sqlite3
from pathlib import Path

import orders
import pytest
from ledger import database_of, leaf_column


@pytest.fixture
def worked(hospital, gateway, registry):
    """A gateway that has delivered two orders and was ended, with their exams."""
    exams = registry.several(2)
    hospital.prepare(*exams)
    for exam in exams:
        orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=2)
    assert gateway.stop() == 0
    return gateway, exams


def change(database: Path, statement: str, *values):
    """As somebody with the file in hands would: triggers are no obstacle."""
    with sqlite3.connect(database) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        assert connection.execute(statement, values).rowcount == 1
        connection.commit()
    connection.close()


def test_the_log_verifies_and_every_access_has_intent_and_outcome(worked):
    gateway, _ = worked
    verified = gateway.verify()
    assert verified["exit"] == 0 and verified["size"] > 0
    table, column = leaf_column(database_of(gateway.data))
    with sqlite3.connect(database_of(gateway.data)) as connection:
        leaves = [json.loads(bytes(row[0])) for row in
                  connection.execute(f'SELECT CAST("{column}" AS BLOB) FROM "{table}" ORDER BY rowid')]
    assert len(leaves) == verified["size"]
    outcomes = [leaf["intent"] for leaf in leaves if leaf["phase"] == "outcome"]
    intents = [index for index, leaf in enumerate(leaves) if leaf["phase"] == "intent"]
    assert sorted(outcomes) == intents, "each intent has exactly one outcome in a run without a crash"
    assert len(intents) >= 6, "query, retrieve and post of two orders"


def test_one_changed_byte_in_one_leaf_is_found(worked):
    gateway, _ = worked
    data, config = gateway.copy_of_data("changed")
    database = database_of(data)
    table, column = leaf_column(database)
    with sqlite3.connect(database) as connection:
        rowid, leaf = connection.execute(
            f'SELECT rowid, CAST("{column}" AS BLOB) FROM "{table}" ORDER BY rowid LIMIT 1 OFFSET 3').fetchone()
    position = leaf.index(b'"time":"') + 10
    spoiled = leaf[:position] + bytes([leaf[position] ^ 1]) + leaf[position + 1:]
    change(database, f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', spoiled, rowid)
    assert gateway.verify(check=False, config=config)["exit"] != 0
    assert gateway.verify()["exit"] == 0, "the original still verifies"


@pytest.mark.parametrize("offset", ["3", "(SELECT COUNT(*) FROM \"{0}\") - 1"], ids=["inside", "last"])
def test_a_removed_leaf_is_found(worked, offset):
    gateway, _ = worked
    data, config = gateway.copy_of_data("removed")
    database = database_of(data)
    table, _ = leaf_column(database)
    change(database, f'DELETE FROM "{table}" WHERE rowid = '
                     f'(SELECT rowid FROM "{table}" ORDER BY rowid LIMIT 1 OFFSET {offset.format(table)})')
    assert gateway.verify(check=False, config=config)["exit"] != 0


def test_audit_show_answers_by_patient_and_by_order_and_records_that_it_was_asked(worked):
    gateway, exams = worked
    before = gateway.verify()["size"]
    patient = f"hospital|{exams[0].patient_id}"
    shown = gateway.run("audit", "show", "--config", str(gateway.config), "--patient", patient, "--json").stdout
    assert exams[0].patient_id in shown
    assert exams[1].patient_id not in shown
    order = gateway.orders()[0]["id"]
    assert gateway.run("audit", "show", "--config", str(gateway.config), "--order", order, "--json").stdout.strip()
    # Two questions, and the list of orders in between.
    assert gateway.verify()["size"] == before + 3


def test_verifying_needs_no_key(worked):
    gateway, _ = worked
    (gateway.folder / "keys.yaml").rename(gateway.folder / "elsewhere.yaml")
    try:
        assert gateway.verify()["exit"] == 0
    finally:
        (gateway.folder / "elsewhere.yaml").rename(gateway.folder / "keys.yaml")
