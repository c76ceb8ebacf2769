"""A backup made while orders flow proves itself, comes back, and what is lost is told for ever."""

import json
import shutil
import subprocess
import threading

import orders
import pytest
import reports
import yaml


def run(gateway, *words, check=True) -> dict:
    result = gateway.run(*words, "--json", check=check)
    return json.loads(result.stdout) | {"exit": result.returncode}


def back_up(gateway, name="backup") -> dict:
    return run(gateway, "backup", "--to", str(gateway.folder / name), "--config", str(gateway.config))


def restore(gateway, *options, name="backup") -> dict:
    return run(gateway, "restore", "--from", str(gateway.folder / name), "--config", str(gateway.config), *options,
               check=False)


def verify_backup(gateway, *options, name="backup") -> dict:
    key = gateway.run("keys", "verifier", "--keys", str(gateway.folder / "keys.yaml")).stdout.strip()
    return run(gateway, "backup", "verify", str(gateway.folder / name), "--key", key, *options, check=False)


@pytest.fixture
def worked(hospital, gateway, registry):
    """A gateway with two delivered orders, and a backup of it that was made while more were coming in."""
    exams = registry.several(8)
    hospital.prepare(*exams)
    for exam in exams[:2]:
        orders.send(gateway.mllp_port, orders.orm(exam))
    gateway.wait_for(delivered=2)
    codes = []
    sender = threading.Thread(target=lambda: [
        codes.append(orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam)))) for exam in exams[2:]])
    sender.start()
    made = back_up(gateway)
    sender.join()
    assert codes == ["AA"] * 6
    gateway.wait_for(delivered=8, timeout=120)
    return gateway, exams, made


def lose(gateway):
    """The disk with the data is gone."""
    shutil.rmtree(gateway.data)


def test_a_backup_made_while_orders_flow_is_whole_and_has_no_key_and_no_name(worked):
    gateway, exams, made = worked
    folder = gateway.folder / "backup"
    found = verify_backup(gateway)
    assert found["exit"] == 0 and found["whole"] and found["size"] == made["size"]
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    secrets = yaml.safe_load((gateway.folder / "keys.yaml").read_text())
    hidden = [secrets["index"], secrets["masters"][0]["key"], *(secret for exam in exams for secret in exam.secrets())]
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [word for word in hidden if word.encode() in content], path.name
            assert path.stat().st_mode & 0o077 == 0, path.name
    # against the checkpoints outside it is behind
    assert gateway.stop() == 0
    behind = verify_backup(gateway, "--checkpoints", str(gateway.checkpoints))
    assert behind["exit"] == 0 and behind["lost"] > 0
    assert gateway.verify()["exit"] == 0


def test_a_restore_says_what_is_lost_refuses_it_and_goes_on_under_a_new_name_when_told(hospital, worked):
    gateway, exams, made = worked
    assert gateway.stop() == 0
    lost = verify_backup(gateway, "--checkpoints", str(gateway.checkpoints))["lost"]
    assert lost == max(int(path.name.split(".")[0]) for path in gateway.checkpoints.glob("*.checkpoint")) - made["size"]
    busy = restore(gateway)
    assert busy["error"]["code"] == "restore.notEmpty"
    lose(gateway)
    refused = restore(gateway)
    assert refused["exit"] == 1 and refused["error"]["code"] == "restore.loss"
    assert str(lost) in refused["error"]["message"]
    assert not list(gateway.data.glob("store.sqlite*")) if gateway.data.exists() else True
    restored = restore(gateway, "--accept-loss")
    assert restored["exit"] == 0 and restored["lost"] == lost and restored["log"].endswith("/2")
    gateway.start()
    # what was under way in the backup is done again, and no second report comes of it
    gateway.wait_settled(len(gateway.orders()), timeout=120)
    for exam in exams[2:]:  # what came after the backup is sent again
        assert orders.code_of(orders.send(gateway.mllp_port, orders.orm(exam))) == "AA"
    gateway.wait_for(delivered=8, timeout=120)
    for exam in exams:
        assert len(hospital.reports_by_order(exam)) == 1
    assert gateway.stop() == 0
    verified = gateway.verify(check=False)
    assert verified["exit"] == 1, "a declared loss is never intact"
    assert any("recordsLost" in problem and str(lost) in problem for problem in verified["problems"]), verified
    assert all("recordsLost" in problem for problem in verified["problems"]), verified


def test_a_planned_move_loses_nothing_and_stays_intact(hospital, gateway, registry):
    exams = registry.several(2)
    hospital.prepare(*exams)
    orders.send(gateway.mllp_port, orders.orm(exams[0]))
    gateway.wait_for(delivered=1)
    assert gateway.stop() == 0
    made = back_up(gateway)
    lose(gateway)
    restored = restore(gateway)
    assert restored["exit"] == 0 and restored["lost"] == 0 and restored["restored"] == made["size"]
    assert not restored["log"].endswith("/2")
    gateway.start()
    served = restore(gateway)
    assert served["error"]["code"] == "store.served"
    orders.send(gateway.mllp_port, orders.orm(exams[1]))
    gateway.wait_for(delivered=2, timeout=60)
    reports.check(hospital, exams[1], hospital.reports_by_order(exams[1])[0])
    assert gateway.stop() == 0
    assert gateway.verify()["exit"] == 0


def test_a_tampered_backup_is_refused_by_verify_and_restore(worked):
    gateway, _, _ = worked
    assert gateway.stop() == 0
    lose(gateway)
    database = gateway.folder / "backup" / "store.sqlite"
    whole = database.read_bytes()
    database.write_bytes(whole[:len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1:])
    found = verify_backup(gateway)
    assert found["exit"] == 1 and found["changed"] == ["store.sqlite"]
    assert restore(gateway, "--accept-loss")["exit"] == 1
    assert not (gateway.data / "store.sqlite").exists()
    # with the digests made anew the signature does not fit
    import hashlib
    sums = gateway.folder / "backup" / "SHA256SUMS"
    sums.write_text("\n".join(
        f"{hashlib.sha256((gateway.folder / 'backup' / line[66:]).read_bytes()).hexdigest()}  {line[66:]}"
        for line in sums.read_text().splitlines()) + "\n")
    assert verify_backup(gateway)["changed"] == ["SHA256SUMS"]
    assert restore(gateway, "--accept-loss")["exit"] == 1


def test_a_patient_shredded_after_the_backup_does_not_come_back(hospital, worked):
    gateway, exams, _ = worked
    run(gateway, "keys", "shred", "--patient", f"hospital|{exams[0].patient_id}", "--reason", "case-2", "--yes",
        "--config", str(gateway.config))
    assert gateway.stop() == 0
    lose(gateway)
    restored = restore(gateway, "--accept-loss")
    assert restored["exit"] == 0 and restored["destroyedAgain"] >= 1
    gateway.start()
    gateway.wait_settled(len(gateway.orders()), timeout=120)
    shown = [gateway.run("orders", "show", order["id"], "--config", str(gateway.config), check=False).stdout
             for order in gateway.orders()]
    assert not [text for text in shown if exams[0].patient_id in text]
    assert [text for text in shown if exams[1].patient_id in text]
    assert gateway.stop() == 0


def test_the_register_of_destroyed_keys_is_made_good_at_the_next_start(worked):
    gateway, exams, _ = worked
    register = gateway.checkpoints / "destroyed-keys.txt"
    who = ("--patient", f"hospital|{exams[0].patient_id}", "--reason", "case-3", "--yes", "--config", str(gateway.config))
    run(gateway, "keys", "shred", *who)
    known = register.read_text()
    assert known
    assert gateway.stop() == 0
    register.unlink()  # as a kill between destroying and registering leaves it
    gateway.start()
    assert register.read_text() == known
    assert gateway.stop() == 0


def test_nothing_is_destroyed_of_which_the_register_could_not_tell(worked):
    gateway, exams, _ = worked
    away = gateway.checkpoints.with_name("away")
    assert gateway.stop() == 0
    gateway.checkpoints.rename(away)
    gateway.checkpoints.write_text("no folder")
    size = gateway.verify(check=False)["size"]
    refused = gateway.run("keys", "shred", "--patient", f"hospital|{exams[0].patient_id}", "--reason", "case-4", "--yes",
                          "--config", str(gateway.config), check=False)
    gateway.checkpoints.unlink()
    away.rename(gateway.checkpoints)
    assert refused.returncode == 2, refused.stderr
    shown = gateway.run("audit", "show", "--event", "keys.destroy", "--config", str(gateway.config)).stdout
    assert shown.strip() == "0 records" and gateway.verify()["size"] > size


def test_a_backup_is_not_made_of_a_changed_file_of_the_archive(worked):
    gateway, _, _ = worked
    assert gateway.stop() == 0
    (gateway.folder / "segments").mkdir()
    gateway.run("audit", "archive", "--before", "2100-01-01", "--to", "segments", "--config", str(gateway.config))
    segment = next((gateway.folder / "segments").glob("*.segment"))
    content = bytearray(segment.read_bytes())
    content[-1000] ^= 1
    segment.write_bytes(content)
    refused = gateway.run("backup", "--to", "of-changed", "--config", str(gateway.config), check=False)
    assert refused.returncode == 2 and "audit.segmentChanged" in refused.stderr
    assert not (gateway.folder / "of-changed").exists()
