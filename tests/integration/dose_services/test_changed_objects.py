"""Tests of dose_services: objects that come again changed, under their UID."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from pydicom import Dataset
from sqlalchemy import Engine

from db.repositories import exams, findings
from db.repositories.exams import KnownExam
from db.session import unit_of_work
from dose_core.contract import Envelope
from dose_core.ledger.standing import IDENTITIES_DISAGREE
from dose_services import following, ingest, reading
from dose_services.ingest import Kept
from dose_services.reading import ReadState
from dose_services.site import Site
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP
from tests.builders.envelopes import whole
from tests.builders.hl7 import merge
from tests.support.hl7_bridge import handler

NOW = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
SITE = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP")
STUDY = ANNA_FOLLOW_UP.study_instance_uid


def hand_in(
    engine: Engine, envelopes: Sequence[Envelope], *, at: int = 0, site: str = ""
) -> tuple[list[Kept], list[ReadState]]:
    """Keep and read objects, at this minute."""
    now = NOW + timedelta(minutes=at)
    with unit_of_work(engine) as session:
        kept = ingest.keep_objects(session, envelopes, sender="test", received_at=now, site=site)
    return kept, reading.read_kept(partial(unit_of_work, engine), kept, now=now, site=SITE)


def exam_of(engine: Engine, *, site: str = "") -> KnownExam:
    with unit_of_work(engine) as session:
        row = exams.by_study(session, STUDY, site=site)
        assert row is not None
        known = exams.get(session, row.id)
        assert known is not None
        return known


def open_findings(engine: Engine) -> set[str]:
    with unit_of_work(engine) as session:
        return {row.kind for row in findings.unresolved(session)}


@pytest.fixture
def report() -> Dataset:
    return dose_report(ANNA_FOLLOW_UP)


class TestAnIdentityThatThePacsCorrected:
    def test_is_a_new_version_of_the_same_content(self, engine: Engine, report: Dataset) -> None:
        hand_in(engine, [whole(report)])
        before = exam_of(engine)
        report.PatientName, report.AccessionNumber = "Beispiel^Corrected", "CORRECTED-2"

        (kept,), (state,) = hand_in(engine, [whole(report)], at=1)

        after = exam_of(engine)
        assert (kept.is_new, kept.is_known_content, state.contradicts) == (True, True, False)
        assert (after.exam.patient_id, after.exam.state) == (before.exam.patient_id, "counted")
        assert after.exam.accession_number == "CORRECTED-2"
        assert after.exam.summary["totals"] == before.exam.summary["totals"]
        assert open_findings(engine) == set()


class TestAnotherPatientUnderTheSameUid:
    """Who is right nobody can tell but a person, or a message that says that the two are one."""

    def test_has_the_exam_wait_at_the_desk_whichever_came_first(self, engine: Engine, report: Dataset) -> None:
        first = whole(report)
        report.PatientID = "OTHER-1"
        second = whole(report)

        hand_in(engine, [first])
        hand_in(engine, [second], at=1)
        hand_in(engine, [second], at=2, site="other")
        hand_in(engine, [first], at=3, site="other")

        for site in ("", "other"):
            row = exam_of(engine, site=site).exam
            assert (row.state, row.state_reason) == ("held", IDENTITIES_DISAGREE)
        assert "held" in open_findings(engine)

    def test_is_still_in_doubt_when_the_first_version_comes_again(self, engine: Engine, report: Dataset) -> None:
        first = whole(report)
        hand_in(engine, [first])
        report.PatientID = "OTHER-1"
        hand_in(engine, [whole(report)], at=1)

        hand_in(engine, [first], at=2)

        assert exam_of(engine).exam.state == "held"

    def test_is_one_patient_after_a_merge(self, engine: Engine, report: Dataset) -> None:
        report.IssuerOfPatientID = SITE.default_authority
        hand_in(engine, [whole(report)])
        known = report.PatientID
        report.PatientID = "OTHER-1"
        hand_in(engine, [whole(report)], at=1)

        handler(engine).handle(merge(survivor="OTHER-1^^^HOSP", subsumed=f"{known}^^^HOSP"), peer="127.0.0.1")
        following.work_off(partial(unit_of_work, engine), now=NOW, site=SITE, limit=10)

        assert exam_of(engine).exam.state == "counted"
        assert open_findings(engine) == set()

    def test_does_not_come_up_where_the_object_named_nobody_before(self, engine: Engine, report: Dataset) -> None:
        known = report.PatientID
        report.PatientID = ""
        hand_in(engine, [whole(report)])
        report.PatientID = known

        hand_in(engine, [whole(report)], at=1)

        assert exam_of(engine).exam.state == "counted"
        assert open_findings(engine) == set()


class TestADoseThatChanged:
    def test_is_kept_beside_the_first_and_wants_a_look(self, engine: Engine, report: Dataset) -> None:
        hand_in(engine, [whole(report)])
        changed = dose_report(ANNA_FOLLOW_UP)
        _set_dlp(changed, "9999")

        _, (state,) = hand_in(engine, [whole(changed)], at=1)

        assert state.contradicts
        assert "content_conflict" in open_findings(engine)

    def test_counts_the_same_whichever_came_first(self, engine: Engine, report: Dataset) -> None:
        changed = dose_report(ANNA_FOLLOW_UP)
        _set_dlp(changed, "9999")
        hand_in(engine, [whole(changed)])
        hand_in(engine, [whole(report)], at=1)
        one_way = exam_of(engine).exam.summary["totals"]

        hand_in(engine, [whole(report)], at=2, site="other")
        hand_in(engine, [whole(changed)], at=3, site="other")

        assert exam_of(engine, site="other").exam.summary["totals"] == one_way


class TestTwoSites:
    def test_with_equal_uids_do_not_meet_and_are_told_of(self, engine: Engine, report: Dataset) -> None:
        del report.IssuerOfPatientID  # a Patient ID is then of the site's own
        hand_in(engine, [whole(report)], site="north")
        hand_in(engine, [whole(report)], site="south")

        north, south = exam_of(engine, site="north"), exam_of(engine, site="south")
        assert north.exam.id != south.exam.id
        assert north.exam.patient_id != south.exam.patient_id
        assert (north.exam.state, south.exam.state) == ("counted", "counted")
        assert "uid_collision" in open_findings(engine)


def _set_dlp(report: Dataset, text: str) -> None:
    """Have the report state another total and another dose of its last event."""
    for item in _items(report):
        name = item.get("ConceptNameCodeSequence")
        if name and name[0].CodeValue in {"113813", "113838"} and "MeasuredValueSequence" in item:
            item.MeasuredValueSequence[0].NumericValue = text


def _items(data_set: Dataset) -> list[Dataset]:
    found: list[Dataset] = []
    for item in data_set.get("ContentSequence", []):
        found += [item, *_items(item)]
    return found
