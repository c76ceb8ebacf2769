"""Orders by HL7 v2 and what the EHR shows for them: the drawing's table of states and events, end to end.

The messages are built by hl7apy (`messages.py`) and sent by python-hl7; the EHR is sekmet-fhir, the archive Orthanc.
"""

import datetime
from dataclasses import replace

import messages
import orders
import pytest
import reports
from exams import Exam
from gateway import Gateway, assert_holds
from processes import wait_until
from proxy import Fault

PORTABLE = "36643-5^XR Chest portable^LN^XRCH1^XR Chest AP portable^L"
WITHDRAW = {"orders": {"afterDelivery": "withdraw"}}


def moment(minutes: int) -> str:
    """ORC-9 so many minutes from now."""
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    return f"{when:%Y%m%d%H%M%S}"


def put(gateway: Gateway, message: bytes, code: str = "AA"):
    """Sends it and checks the acknowledgment."""
    answer = orders.send(gateway.mllp_port, message)
    assert orders.code_of(answer) == code, str(answer.segment("MSA")[1])
    assert orders.echoed_id(answer) == orders.id_of(message)
    return answer


def delivered(hospital, gateway, exam: Exam, build=messages.orm, requested: bool = True, **changes) -> dict:
    """The exam with everything in place, its order sent and its one report in the EHR. An EHR that keeps no request
    (`requested` is false) shows the order's own words in the report, else those of its request."""
    hospital.register(exam, order=requested)
    hospital.archive(exam)
    put(gateway, build(exam, **changes))
    gateway.wait_for(delivered=1)
    [report] = hospital.reports(exam)
    return report


def version(report: dict) -> str:
    return report["meta"]["versionId"]


def read(hospital, report: dict) -> dict:
    return hospital.sekmet.read(f"DiagnosticReport/{report['id']}")


def by_status(hospital, exam: Exam) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for report in hospital.reports_by_order(exam):
        found.setdefault(report["status"], []).append(report)
    return found


def no_delivery(exchange):
    """A fault of the EHR's proxy: reading works, writing does not."""
    if exchange.method in ("POST", "PUT") and "_search" not in exchange.path:
        return Fault(status=503, retry_after=1)
    return None


def signed_by_a_person(hospital, report: dict) -> dict:
    """A radiologist makes a final report of it."""
    return hospital.sekmet.update(read(hospital, report) | {
        "status": "final", "conclusion": "Read by a person.", "resultsInterpreter": [{"display": "Dr. Reader"}]})


# the messages themselves

@pytest.mark.parametrize("build, control", [
    (messages.orm, "NW"), (messages.omi, "NW"), (messages.omg, "NW"), (messages.orm, "XO"), (messages.orm, "RP")],
    ids=["ORM", "OMI", "OMG", "XO of an unknown order", "RP of an unknown order"])
def test_each_kind_of_order_becomes_one_report(hospital, gateway, registry, build, control):
    exam = registry.exam()
    report = delivered(hospital, gateway, exam, build, control=control)
    reports.check(hospital, exam, report)


def test_several_orders_in_one_message_become_one_report_each(hospital, gateway, registry):
    first = registry.exam()
    second = registry.exam(patient_id=first.patient_id, family=first.family, given=first.given,
                           birth_date=first.birth_date, sex=first.sex)
    hospital.prepare(first)
    second.references["Patient"] = first.references["Patient"]
    hospital.register(second, patient=False)
    hospital.archive(second)
    put(gateway, messages.orm(first, second))
    gateway.wait_for(delivered=2)
    for exam in (first, second):
        [report] = hospital.reports_by_order(exam)
        reports.check(hospital, exam, report)


def test_two_message_types_for_one_exam_are_one_order(hospital, gateway, registry):
    exam = registry.exam()
    report = delivered(hospital, gateway, exam)
    put(gateway, messages.omi(exam))
    assert_holds(lambda: gateway.states() == {"delivered": 1}, 3)
    assert [version(one) for one in hospital.reports_by_order(exam)] == [version(report)]


# NW again

@pytest.mark.parametrize("control_id", ["same", "new"])
def test_a_resent_order_changes_nothing(hospital, gateway, registry, control_id):
    exam = registry.exam()
    message = messages.orm(exam, at=moment(-1))
    hospital.prepare(exam)
    first = put(gateway, message)
    gateway.wait_for(delivered=1)
    [report] = hospital.reports_by_order(exam)
    again = message if control_id == "same" else messages.orm(exam, at=moment(-1))
    second = put(gateway, again)
    if control_id == "same":
        assert str(second) == str(first), "the stored acknowledgment is sent again, byte for byte"
    assert_holds(lambda: version(read(hospital, report)) == version(report), 3)
    assert len(hospital.reports_by_order(exam)) == 1 and gateway.states() == {"delivered": 1}


# XO and RP, patient and study unchanged

@pytest.mark.parametrize("control", ["XO", "RP"])
def test_a_change_before_the_report_changes_what_it_says(hospital, gateway, registry, control):
    exam = hospital.register(registry.exam(), study=False, order=False)
    put(gateway, messages.orm(exam, at=moment(-2)))
    gateway.wait_for(waiting=1)
    put(gateway, messages.orm(exam, control=control, code=PORTABLE, at=moment(-1)))
    hospital.archive(exam)
    gateway.wait_for(delivered=1)
    [report] = hospital.reports(exam)
    assert "portable" in report["code"]["text"]


def test_a_change_of_a_composed_report_makes_it_anew(hospital, gateway, registry):
    exam = registry.exam()
    hospital.register(exam, order=False)
    hospital.archive(exam)
    hospital.ehr_proxy.fault = no_delivery
    put(gateway, messages.orm(exam, at=moment(-2)))
    gateway.wait_for(composed=1)
    put(gateway, messages.orm(exam, control="XO", code=PORTABLE, at=moment(-1)))
    wait_until(lambda: gateway.states() == {"composed": 1}, 30, "composed again")
    hospital.ehr_proxy.reset()
    gateway.wait_for(delivered=1)
    [report] = hospital.reports(exam)
    assert "portable" in report["code"]["text"] and report["status"] == "preliminary"


@pytest.mark.parametrize("control", ["XO", "RP", "NW"])
def test_a_change_after_delivery_is_a_new_version_that_stays_preliminary(hospital, gateway, registry, control):
    exam = registry.exam()
    report = delivered(hospital, gateway, exam, requested=False, at=moment(-2))
    put(gateway, messages.orm(exam, control=control, code=PORTABLE, at=moment(-1)))
    wait_until(lambda: "portable" in read(hospital, report)["code"].get("text", ""), 40, "the new version")
    gateway.wait_for(delivered=1)
    changed = read(hospital, report)
    assert changed["status"] == "preliminary" and version(changed) != version(report)
    assert len(hospital.reports(exam)) == 1


def test_a_change_that_says_nothing_new_makes_no_version(hospital, gateway, registry):
    exam = registry.exam()
    report = delivered(hospital, gateway, exam, requested=False, at=moment(-2))
    put(gateway, messages.orm(exam, control="XO", at=moment(-1)))
    gateway.wait_for(delivered=1)
    assert_holds(lambda: version(read(hospital, report)) == version(report), 4)


def test_an_older_change_that_comes_late_is_only_recorded(hospital, gateway, registry):
    exam = registry.exam()
    report = delivered(hospital, gateway, exam, requested=False, at=moment(-5), code=PORTABLE)
    put(gateway, messages.orm(exam, control="XO", at=moment(-10)))
    assert_holds(lambda: version(read(hospital, report)) == version(report), 4)


# XO, patient changed

def moved_to(hospital, exam: Exam, right: Exam) -> Exam:
    """The hospital puts the exam under the right patient: in the archive, in its order and its study."""
    hospital.register(right, order=False, study=False)
    mended = replace(exam, patient_id=right.patient_id, family=right.family, given=right.given,
                     birth_date=right.birth_date, sex=right.sex,
                     references=exam.references | {"Patient": right.references["Patient"]})
    hospital.orthanc.delete(exam.study_uid)
    hospital.archive(mended)
    for kind in ("ServiceRequest", "ImagingStudy"):
        resource = hospital.sekmet.read(exam.references[kind])
        hospital.sekmet.update(resource | {"subject": {"reference": right.references["Patient"]}})
    return mended


def test_a_report_on_the_wrong_patient_is_entered_in_error_and_made_anew(hospital, gateway, registry):
    exam = registry.exam()
    wrong = delivered(hospital, gateway, exam, at=moment(-2))
    mended = moved_to(hospital, exam, registry.exam())
    put(gateway, messages.orm(mended, control="XO", at=moment(-1)))
    wait_until(lambda: read(hospital, wrong)["status"] == "entered-in-error", 40, "the wrong report withdrawn")
    wait_until(lambda: "preliminary" in by_status(hospital, exam), 40, "the report on the right patient")
    gateway.wait_for(delivered=1)
    found = by_status(hospital, exam)
    [right] = found["preliminary"]
    assert found["entered-in-error"] == [read(hospital, wrong)]
    assert right["id"] != wrong["id"]
    reports.check(hospital, mended, right)
    assert read(hospital, wrong)["subject"]["reference"] == exam.references["Patient"]
    assert {one["status"] for one in hospital.observations(wrong)} == {"entered-in-error"}


def test_a_changed_patient_before_the_report_is_matched_again(hospital, gateway, registry):
    exam = hospital.register(registry.exam())
    put(gateway, messages.orm(exam, at=moment(-2)))
    gateway.wait_for(waiting=1)
    mended = moved_to(hospital, exam, registry.exam())
    put(gateway, messages.orm(mended, control="XO", at=moment(-1)))
    gateway.wait_for(delivered=1)
    [report] = hospital.reports_by_order(exam)
    reports.check(hospital, mended, report)


def test_a_changed_patient_takes_a_composed_report_to_the_right_one(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    hospital.ehr_proxy.fault = no_delivery
    put(gateway, messages.orm(exam, at=moment(-2)))
    gateway.wait_for(composed=1)
    mended = moved_to(hospital, exam, registry.exam())
    put(gateway, messages.orm(mended, control="XO", at=moment(-1)))
    wait_until(lambda: gateway.states() == {"composed": 1}, 30, "composed again")
    hospital.ehr_proxy.reset()
    gateway.wait_for(delivered=1)
    [report] = hospital.reports_by_order(exam)
    reports.check(hospital, mended, report)
    assert hospital.reports(exam) == []


# merge

def merged(hospital, exam: Exam, survivor: Exam, *kinds: str):
    """The EHR's own merge: what hung on the one patient hangs on the other."""
    loser = hospital.sekmet.read(exam.references["Patient"])
    hospital.sekmet.update(loser | {
        "active": False, "link": [{"other": {"reference": survivor.references["Patient"]}, "type": "replaced-by"}]})
    for kind in kinds:
        for resource in hospital.sekmet.search(kind, subject=exam.references["Patient"]):
            hospital.sekmet.update(resource | {"subject": {"reference": survivor.references["Patient"]}})


@pytest.mark.parametrize("event", ["A40", "A34"])
@pytest.mark.parametrize("when", ["before the order", "before the images"])
def test_a_merge_moves_an_order_to_the_surviving_patient(hospital, gateway, registry, event, when):
    exam, survivor = registry.exam(), hospital.register(registry.exam(), order=False, study=False)
    exam.references["Patient"] = survivor.references["Patient"]  # the EHR has merged already
    hospital.register(exam, study=False, patient=False)
    steps = [messages.merge(survivor, exam.patient_id, event), messages.orm(exam, at=moment(-1))]
    for message in steps if when == "before the order" else reversed(steps):
        put(gateway, message)
    gateway.wait_for(waiting=1)
    hospital.archive(exam)  # the images still carry the number that was merged away
    gateway.wait_for(delivered=1)
    [report] = hospital.reports_by_order(exam)
    assert report["subject"]["reference"] == survivor.references["Patient"]


def test_a_merge_after_delivery_moves_the_report_with_the_EHRs_merge(hospital, gateway, registry):
    exam = registry.exam()
    report = delivered(hospital, gateway, exam, at=moment(-2))
    survivor = hospital.register(registry.exam(), order=False, study=False)
    merged(hospital, exam, survivor, "ServiceRequest", "ImagingStudy", "DiagnosticReport", "Observation")
    put(gateway, messages.merge(survivor, exam.patient_id))
    gateway.wait_for(delivered=1)
    assert_holds(lambda: gateway.states() == {"delivered": 1}, 4)
    [moved] = hospital.reports_by_order(exam)
    assert moved["id"] == report["id"] and moved["status"] == "preliminary"
    assert moved["subject"]["reference"] == survivor.references["Patient"]


def test_a_merge_takes_a_composed_report_to_the_survivor(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    hospital.ehr_proxy.fault = no_delivery
    put(gateway, messages.orm(exam, at=moment(-2)))
    gateway.wait_for(composed=1)
    survivor = hospital.register(registry.exam(), order=False, study=False)
    merged(hospital, exam, survivor, "ServiceRequest", "ImagingStudy")
    put(gateway, messages.merge(survivor, exam.patient_id))
    wait_until(lambda: gateway.states() == {"composed": 1}, 30, "composed again")
    hospital.ehr_proxy.reset()
    gateway.wait_for(delivered=1)
    [report] = hospital.reports_by_order(exam)
    assert report["subject"]["reference"] == survivor.references["Patient"]


def test_a_chain_of_merges_and_an_unknown_survivor_are_remembered(hospital, gateway, registry):
    exam, middle = registry.exam(), registry.exam()
    survivor = hospital.register(registry.exam(), order=False, study=False)
    put(gateway, messages.merge(middle, exam.patient_id))
    put(gateway, messages.merge(survivor, middle.patient_id))
    exam.references["Patient"] = survivor.references["Patient"]
    hospital.register(exam, patient=False)
    hospital.archive(exam)
    put(gateway, messages.orm(exam))
    gateway.wait_for(delivered=1)
    [report] = hospital.reports_by_order(exam)
    assert report["subject"]["reference"] == survivor.references["Patient"]


# A08

def test_new_demographics_go_with_the_order_and_make_no_second_report(hospital, gateway, registry):
    exam = registry.exam()
    report = delivered(hospital, gateway, exam)
    put(gateway, messages.update(exam, f5="Newname^Given"))
    put(gateway, messages.update(exam, "A31", f5="Newname^Given"))
    gateway.wait_for(delivered=1)
    assert_holds(lambda: gateway.states().keys() <= {"delivered", "accepted", "waiting", "composed"}, 3)
    gateway.wait_for(delivered=1)
    [again] = hospital.reports_by_order(exam)
    assert (again["id"], version(again)) == (report["id"], version(report))


# CA, DC

@pytest.mark.parametrize("control", ["CA", "DC"])
@pytest.mark.parametrize("build", [messages.orc_only, messages.orm], ids=["ORC only", "whole"])
def test_a_cancel_before_the_report_means_none(hospital, gateway, registry, control, build):
    exam = hospital.register(registry.exam(), study=False)
    put(gateway, messages.orm(exam, at=moment(-2)))
    gateway.wait_for(waiting=1)
    put(gateway, build(exam, control=control, at=moment(-1)))
    gateway.wait_for(cancelled=1)
    hospital.archive(exam)
    assert_holds(lambda: gateway.states() == {"cancelled": 1}, 4)
    assert hospital.reports(exam) == []


def test_a_cancel_takes_a_composed_report_out_of_the_outbox(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    hospital.ehr_proxy.fault = no_delivery
    put(gateway, messages.orm(exam, at=moment(-2)))
    gateway.wait_for(composed=1)
    put(gateway, messages.orc_only(exam, at=moment(-1)))
    gateway.wait_for(cancelled=1)
    hospital.ehr_proxy.reset()
    assert_holds(lambda: hospital.reports(exam) == [], 4)


def test_a_cancel_after_delivery_withdraws_where_the_site_wants_it(hospital, make_gateway, registry):
    gateway = make_gateway(**WITHDRAW).start()
    exam = registry.exam()
    report = delivered(hospital, gateway, exam, at=moment(-2))
    put(gateway, messages.orc_only(exam, at=moment(-1)))
    wait_until(lambda: read(hospital, report)["status"] == "entered-in-error", 40, "the report withdrawn")
    gateway.wait_for(cancelled=1)
    assert {one["status"] for one in hospital.observations(report)} == {"entered-in-error"}
    assert len(hospital.reports_by_order(exam)) == 1


def test_a_late_cancel_before_its_order_holds_even_for_another_message_type(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    put(gateway, messages.orc_only(exam, at=moment(-1)))
    put(gateway, messages.omi(exam, at=moment(-2)))
    gateway.wait_for(cancelled=1)
    assert_holds(lambda: gateway.states() == {"cancelled": 1}, 3)
    assert hospital.reports(exam) == []


@pytest.mark.parametrize("control", ["RP", "NW"])
def test_a_cancelled_order_opens_anew_by_RP_or_a_later_NW_under_a_new_placer_number(
        hospital, gateway, registry, control):
    exam = hospital.register(registry.exam(), study=False)
    put(gateway, messages.orm(exam, at=moment(-3)))
    gateway.wait_for(waiting=1)
    put(gateway, messages.orc_only(exam, at=moment(-2)))
    gateway.wait_for(cancelled=1)
    hospital.archive(exam)
    again = replace(exam, placer=exam.placer + "B") if control == "NW" else exam
    put(gateway, messages.orm(again, control=control, at=moment(-1)))
    gateway.wait_for(delivered=1)
    assert len(hospital.reports(exam)) == 1


# HD, RL

def test_a_held_order_waits_for_its_release(hospital, gateway, registry):
    exam = hospital.register(registry.exam(), study=False)
    put(gateway, messages.orm(exam, at=moment(-3)))
    gateway.wait_for(waiting=1)
    put(gateway, messages.orm(exam, control="HD", at=moment(-2)))
    gateway.wait_for(held=1)
    hospital.archive(exam)
    assert_holds(lambda: gateway.states() == {"held": 1}, 4)
    put(gateway, messages.orm(exam, control="RL", at=moment(-1)))
    gateway.wait_for(delivered=1)
    assert len(hospital.reports_by_order(exam)) == 1


def test_a_hold_keeps_a_composed_report_in(hospital, gateway, registry):
    exam = registry.exam()
    hospital.prepare(exam)
    hospital.ehr_proxy.fault = no_delivery
    put(gateway, messages.orm(exam, at=moment(-3)))
    gateway.wait_for(composed=1)
    put(gateway, messages.orm(exam, control="HD", at=moment(-2)))
    gateway.wait_for(held=1)
    hospital.ehr_proxy.reset()
    assert_holds(lambda: hospital.reports(exam) == [], 4)
    put(gateway, messages.orm(exam, control="RL", at=moment(-1)))
    gateway.wait_for(delivered=1)


def test_a_hold_after_delivery_is_only_recorded(hospital, gateway, registry):
    exam = registry.exam()
    report = delivered(hospital, gateway, exam, at=moment(-2))
    put(gateway, messages.orm(exam, control="HD", at=moment(-1)))
    assert_holds(lambda: gateway.states() == {"delivered": 1} and version(read(hospital, report)) == version(report), 3)


# a person's final exists

@pytest.mark.parametrize("event", ["CA", "XO", "RP", "HD", "NW"])
def test_what_a_person_has_signed_is_never_touched(hospital, make_gateway, registry, event):
    gateway = make_gateway(**WITHDRAW).start()
    exam = registry.exam()
    report = delivered(hospital, gateway, exam, requested=False, at=moment(-2))
    final = signed_by_a_person(hospital, report)
    put(gateway, messages.orm(exam, control=event, code=PORTABLE, at=moment(-1)))
    assert_holds(lambda: read(hospital, report) == final, 6)
    assert gateway.process.running


def test_a_signed_report_moves_only_with_the_EHRs_own_merge(hospital, gateway, registry):
    exam = registry.exam()
    report = delivered(hospital, gateway, exam, at=moment(-2))
    signed_by_a_person(hospital, report)
    survivor = hospital.register(registry.exam(), order=False, study=False)
    merged(hospital, exam, survivor, "ServiceRequest", "ImagingStudy", "DiagnosticReport", "Observation")
    final = read(hospital, report)
    put(gateway, messages.merge(survivor, exam.patient_id))
    assert_holds(lambda: read(hospital, report) == final, 6)
    assert len(hospital.reports_by_order(exam)) == 1


def test_a_signed_report_on_the_wrong_patient_is_left_to_a_person(hospital, gateway, registry):
    exam = registry.exam()
    report = delivered(hospital, gateway, exam, at=moment(-2))
    final = signed_by_a_person(hospital, report)
    mended = moved_to(hospital, exam, registry.exam())
    put(gateway, messages.orm(mended, control="XO", at=moment(-1)))
    assert_holds(lambda: read(hospital, report) == final, 6)
    wait_until(lambda: gateway.states()["parked"] == 1, 20, "a person is asked")


# two that share a number

def test_one_number_for_two_patients_parks_and_changes_no_report(hospital, gateway, registry):
    exam, other = registry.exam(), registry.exam()
    report = delivered(hospital, gateway, exam, at=moment(-2))
    hospital.prepare(other)
    put(gateway, messages.orm(replace(other, accession=exam.accession), at=moment(-1)))
    wait_until(lambda: gateway.states()["parked"] >= 1, 20, "parked")
    assert version(read(hospital, report)) == version(report)
    assert hospital.reports(other) == []
