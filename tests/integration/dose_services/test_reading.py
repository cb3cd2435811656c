"""Tests of dose_services.ingest and dose_services.reading: keep first, read second, lose nothing."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from threading import Barrier, Thread
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from db.repositories import evidence, exams, findings
from db.session import unit_of_work
from dose_core.contract import CopyOf, Envelope
from dose_core.ledger.exam import CtExam
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis
from dose_core.model import DoseReport
from dose_services import exams as exam_views
from dose_services import filing, ingest, reading
from dose_services.cumulative_dose import cumulative_dose
from dose_services.reading import ReadState
from dose_services.site import Site
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP, DORA_THORAX
from doseledger.demo.slices import images
from tests.builders.envelopes import header, whole

NOW = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
A_MINUTE_LATER = NOW + timedelta(minutes=1)
SITE = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP")

Take = Callable[[Sequence[Envelope]], list[ReadState]]


@pytest.fixture
def take(engine: Engine) -> Take:
    """Keep envelopes, then read them, as the edge does."""

    def take_in(envelopes: Sequence[Envelope]) -> list[ReadState]:
        with unit_of_work(engine) as session:
            kept = ingest.keep_objects(session, envelopes, sender="test", received_at=NOW)
        ids = [one.evidence_id for one in kept]
        return reading.read_now(partial(unit_of_work, engine), ids, now=NOW, site=SITE)

    return take_in


def the_exam(engine: Engine, study_instance_uid: str) -> exam_views.ExamDetail:
    with unit_of_work(engine) as session:
        row = exams.by_study(session, study_instance_uid)
        assert row is not None
        detail = exam_views.exam_detail(session, row.id)
        assert detail is not None
        return detail


def ct_of(detail: exam_views.ExamDetail) -> CtExam:
    assert detail.exam.ct is not None
    return detail.exam.ct


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608  names of ours


def finding_kinds(engine: Engine) -> set[str]:
    with unit_of_work(engine) as session:
        return {row.kind for row in findings.unresolved(session)}


class TestAReport:
    def test_becomes_an_exam_with_the_dose_that_it_states(self, take: Take, engine: Engine) -> None:
        states = take([whole(dose_report(ANNA_FOLLOW_UP))])

        exam = the_exam(engine, ANNA_FOLLOW_UP.study_instance_uid)
        assert [state.status for state in states] == ["read"]
        assert exam.summary.dlp_mgy_cm == pytest.approx(ANNA_FOLLOW_UP.dlp_mgy_cm)
        assert exam.summary.dlp_basis is Basis.STATED_TOTAL
        assert exam.summary.events == 2

    def test_has_its_start_in_utc_and_as_stated(self, take: Take, engine: Engine) -> None:
        """14:41 in Berlin in February is 13:41 in UTC."""
        take([whole(dose_report(ANNA_FOLLOW_UP))])

        summary = the_exam(engine, ANNA_FOLLOW_UP.study_instance_uid).summary
        assert summary.started_at == datetime(2026, 2, 17, 13, 41, tzinfo=UTC)
        assert summary.started_local == "2026-02-17T14:41:00"

    def test_keeps_a_start_in_the_doubled_hour_as_stated(self, take: Take, engine: Engine) -> None:
        autumn = replace(ANNA_FOLLOW_UP, key="autumn", started_at=datetime(2025, 10, 26, 2, 29))  # noqa: DTZ001  local

        take([whole(dose_report(autumn))])

        summary = the_exam(engine, autumn.study_instance_uid).summary
        assert (summary.started_at, summary.started_local) == (None, "2025-10-26T02:30:00")
        assert "local_time" in finding_kinds(engine)

    def test_settles_the_doubled_hour_once_an_earlier_start_is_known(self, take: Take, engine: Engine) -> None:
        autumn = replace(ANNA_FOLLOW_UP, key="autumn", started_at=datetime(2025, 10, 26, 2, 29))  # noqa: DTZ001  local
        earlier = dose_report(replace(autumn, started_at=datetime(2025, 10, 26, 1, 10)))  # noqa: DTZ001  local
        earlier.SOPInstanceUID += ".1"

        take([whole(dose_report(autumn))])
        take([whole(earlier)])

        assert "local_time" not in finding_kinds(engine)

    def test_makes_nothing_new_when_it_comes_again(self, take: Take, engine: Engine) -> None:
        for _ in range(3):
            states = take([whole(dose_report(ANNA_FOLLOW_UP))])

        assert [state.status for state in states] == ["read"]
        assert [count(engine, table) for table in ("evidence", "statement", "exam", "exam_revision")] == [1, 1, 1, 1]

    def test_is_kept_twice_and_counted_once_when_its_content_changed(self, take: Take, engine: Engine) -> None:
        changed = dose_report(ANNA_FOLLOW_UP)
        changed.SeriesDescription = "Sent again"

        take([whole(dose_report(ANNA_FOLLOW_UP))])
        take([whole(changed)])

        assert count(engine, "evidence") == 2
        assert the_exam(engine, ANNA_FOLLOW_UP.study_instance_uid).summary.dlp_mgy_cm == pytest.approx(
            ANNA_FOLLOW_UP.dlp_mgy_cm
        )


class TestImages:
    def test_become_an_exam_whose_dlp_is_called_an_estimate(self, take: Take, engine: Engine) -> None:
        """Thirty slices of 5 mm at 6 and at 8 mGy: (6 + 8) mGy x 15 cm = 210 mGy.cm."""
        take([header(image) for image in images(DORA_THORAX)])

        summary = the_exam(engine, DORA_THORAX.study_instance_uid).summary
        assert summary.source is Source.IMAGE_HEADER
        assert summary.dlp_basis is Basis.ESTIMATE
        assert summary.dlp_mgy_cm == pytest.approx(210.0)

    def test_of_a_dynamic_scan_raise_a_finding_that_says_why_they_have_no_dlp(self, take: Take, engine: Engine) -> None:
        for one_pass in range(2):
            passes = list(images(DORA_THORAX))[:11]
            for image in passes:
                image.SOPInstanceUID += f".{one_pass}"
            take([header(image) for image in passes])

        with unit_of_work(engine) as session:
            (text_of,) = [row.text for row in findings.unresolved(session) if row.kind == "dlp_missing"]
        assert "several images at one position" in text_of

    def test_that_come_late_are_added(self, take: Take, engine: Engine) -> None:
        headers = [header(image) for image in images(DORA_THORAX)]

        take(headers[:40])
        take(headers[40:])

        exam = the_exam(engine, DORA_THORAX.study_instance_uid)
        assert exam.summary.revision == 2
        assert exam.summary.dlp_mgy_cm == pytest.approx(210.0)

    def test_from_two_deliveries_at_once_make_one_exam(self, take: Take, engine: Engine) -> None:
        headers = [header(image) for image in images(DORA_THORAX)]
        threads = [Thread(target=take, args=(headers[n::4],)) for n in range(4)]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert the_exam(engine, DORA_THORAX.study_instance_uid).summary.dlp_mgy_cm == pytest.approx(210.0)


class TestTheSameObjectsInTwoDeliveriesAtOnce:
    def test_are_kept_once_without_one_delivery_waiting_for_the_other_for_ever(self, engine: Engine) -> None:
        """A gateway that repeats a series may do so in another order."""
        failed: list[Exception] = []

        def keep(envelopes: Sequence[Envelope], both: Barrier) -> None:
            both.wait()
            try:
                with unit_of_work(engine) as session:
                    ingest.keep_objects(session, envelopes, sender="test", received_at=NOW)
            except OperationalError as error:
                failed.append(error)

        for series in range(10):
            envelopes = [Envelope(sop_instance_uid=f"2.25.{series}.{n}", dicom=b"slice" * 400) for n in range(400)]
            both = Barrier(2)
            threads = [Thread(target=keep, args=(order, both)) for order in (envelopes, envelopes[::-1])]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        assert failed == []
        assert count(engine, "evidence") == 4000


class TestWhatIsNoExam:
    def test_a_copy_is_evidence_only(self, take: Take, engine: Engine) -> None:
        states = take([whole(dose_report(ANNA_FOLLOW_UP), copy_of=CopyOf.ANONYMIZED)])

        assert [state.status for state in states] == ["copy"]
        assert count(engine, "exam") == 0

    def test_an_object_whose_identity_was_removed_is_evidence_only(self, take: Take, engine: Engine) -> None:
        report = dose_report(ANNA_FOLLOW_UP)
        report.PatientIdentityRemoved = "YES"

        states = take([whole(report)])

        assert [state.status for state in states] == ["copy"]
        assert count(engine, "exam") == 0

    def test_an_object_without_dose_says_why(self, take: Take) -> None:
        report = dose_report(ANNA_FOLLOW_UP)
        report.SOPClassUID = "1.2.840.10008.5.1.4.1.1.104.1"  # encapsulated PDF
        del report.ContentSequence
        del report.ConceptNameCodeSequence

        (state,) = take([whole(report)])

        assert state.status == "not_dose"
        assert state.reason


class TestAnObjectCutShort:
    def test_is_read_as_far_as_it_goes_and_wants_a_look(self, take: Take, engine: Engine) -> None:
        sent = whole(dose_report(ANNA_FOLLOW_UP))

        (state,) = take([replace(sent, dicom=sent.dicom[: len(sent.dicom) * 2 // 3])])

        assert state.status == "read"
        assert "cut_short" in finding_kinds(engine)
        assert the_exam(engine, ANNA_FOLLOW_UP.study_instance_uid).summary.dlp_mgy_cm == pytest.approx(
            ANNA_FOLLOW_UP.dlp_mgy_cm
        )

    def test_gives_way_to_the_whole_one(self, take: Take, engine: Engine) -> None:
        sent = whole(dose_report(ANNA_FOLLOW_UP))
        take([replace(sent, dicom=sent.dicom[: len(sent.dicom) * 2 // 3])])

        take([sent])

        exam = the_exam(engine, ANNA_FOLLOW_UP.study_instance_uid)
        assert exam.summary.events == len(ANNA_FOLLOW_UP.acquisitions)
        assert "totals_differ" not in finding_kinds(engine)


class TestBadInput:
    @pytest.mark.parametrize("dicom", [b"", b"\0" * 200, b"no DICOM at all"], ids=["empty", "zeros", "text"])
    def test_is_kept_with_a_reason_and_the_next_good_object_is_read(
        self, take: Take, engine: Engine, dicom: bytes
    ) -> None:
        bad = Envelope(sop_instance_uid="1.2.3", dicom=dicom)

        states = take([bad, whole(dose_report(ANNA_FOLLOW_UP))])

        assert [state.status for state in states] == ["unreadable", "read"]
        assert states[0].reason
        assert count(engine, "evidence") == 2
        assert "unreadable" in finding_kinds(engine)

    def test_is_kept_byte_for_byte(self, take: Take, engine: Engine) -> None:
        (state,) = take([Envelope(sop_instance_uid="1.2.3", dicom=b"\x00\xffnot readable\x1c")])

        with unit_of_work(engine) as session:
            (row,) = evidence.load(session, [state.evidence_id])
            assert evidence.content_of(row) == b"\x00\xffnot readable\x1c"

    @pytest.mark.parametrize("error", [RecursionError, MemoryError, KeyError("Example^Eva")])
    def test_survives_a_reader_that_fails_in_a_way_nobody_foresaw(
        self, take: Take, engine: Engine, monkeypatch: pytest.MonkeyPatch, error: BaseException
    ) -> None:
        def fails(_: bytes, **__: object) -> DoseReport:
            raise error

        with monkeypatch.context() as broken:
            broken.setattr(reading, "read_dose", fails)
            (state,) = take([whole(dose_report(ANNA_FOLLOW_UP))])
        (next_state,) = take([whole(dose_report(DORA_THORAX))])

        assert (state.status, next_state.status) == ("unreadable", "read")
        assert "Eva" not in str(state.reason)
        assert count(engine, "evidence") == 2
        assert "unreadable" in finding_kinds(engine)

    def test_survives_a_report_that_cannot_be_filed_and_files_the_others(
        self, take: Take, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        headers = [header(image) for image in images(DORA_THORAX)]
        filed = filing.file_reports
        attempts = 0

        def refuses_one(
            session: object, label: str, study: str, reports: Sequence[tuple[object, DoseReport]], **rest: object
        ) -> frozenset[UUID]:
            nonlocal attempts
            attempts += 1
            if any(report.sop_instance_uid == headers[5].sop_instance_uid for _, report in reports):
                raise ValueError("nobody foresaw this")
            return filed(session, label, study, reports, **rest)  # type: ignore[arg-type]  # passed on as it came

        monkeypatch.setattr(filing, "file_reports", refuses_one)
        states = take(headers)

        assert [state.status for state in states].count("unreadable") == 1
        assert states[5].status == "unreadable"
        assert attempts <= 2 * math.ceil(math.log2(len(headers))) + 1  # each one reads the whole study
        assert ct_of(the_exam(engine, DORA_THORAX.study_instance_uid)).events[1].slice_count is not None

    def test_waits_where_the_database_goes_away_while_it_is_read(
        self, take: Take, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An outage says nothing about the object: it is read by the next sweep, not called unreadable."""

        def goes_away(*_: object, **__: object) -> None:
            raise OperationalError("COMMIT", {}, Exception(), connection_invalidated=True)

        with monkeypatch.context() as broken:
            broken.setattr(filing, "file_reports", goes_away)
            (state,) = take([whole(dose_report(ANNA_FOLLOW_UP))])
        (again,) = reading.read_now(partial(unit_of_work, engine), [state.evidence_id], now=NOW, site=SITE)

        assert (state.status, again.status) == ("pending", "read")

    def test_text_that_a_database_refuses_is_made_storable(self, take: Take, engine: Engine) -> None:
        report = dose_report(ANNA_FOLLOW_UP)
        report.StudyDescription = "chest\0 and more"

        (state,) = take([whole(report)])

        assert state.status == "read"
        assert the_exam(engine, ANNA_FOLLOW_UP.study_instance_uid).summary.dlp_mgy_cm


class TestPending:
    def test_evidence_that_was_kept_and_never_read_is_found(self, engine: Engine) -> None:
        with unit_of_work(engine) as session:
            ingest.keep_objects(session, [whole(dose_report(ANNA_FOLLOW_UP))], sender="test", received_at=NOW)

        with unit_of_work(engine) as session:
            assert evidence.pending(session, received_before=NOW, limit=10, max_bytes=10**6) == []
            later = evidence.pending(session, received_before=A_MINUTE_LATER, limit=10, max_bytes=10**6)
        assert len(later) == 1

    def test_evidence_is_found_in_portions_that_fit_into_memory_but_always_some(self, engine: Engine) -> None:
        reports = [whole(dose_report(replace(ANNA_FOLLOW_UP, key=f"large {n}"))) for n in range(3)]
        size = max(len(one.dicom) for one in reports)
        with unit_of_work(engine) as session:
            ingest.keep_objects(session, reports, sender="test", received_at=NOW)

        def found(max_bytes: int) -> int:
            with unit_of_work(engine) as session:
                return len(evidence.pending(session, received_before=A_MINUTE_LATER, limit=10, max_bytes=max_bytes))

        assert [found(limit) for limit in (1, size, 2 * size, 3 * size)] == [1, 1, 2, 3]


class TestWhatCameAgain:
    def test_is_not_settled_anew(self, engine: Engine) -> None:
        """A replay may have been taken back since the object was looked up."""
        objects = [whole(dose_report(ANNA_FOLLOW_UP))]
        with unit_of_work(engine) as session:
            kept = ingest.keep_objects(session, objects, sender="test", received_at=NOW)
        reading.read_kept(partial(unit_of_work, engine), kept, now=NOW, site=SITE)
        with unit_of_work(engine) as session:
            again = ingest.keep_objects(session, objects, sender="test", received_at=NOW)
            session.execute(text("UPDATE evidence SET read_status = 'unreadable'"))

        reading.read_kept(partial(unit_of_work, engine), again, now=NOW, site=SITE)

        with unit_of_work(engine) as session:
            assert evidence.count_by_status(session) == {"unreadable": 1}


class TestCumulative:
    def test_adds_like_to_like_and_counts_what_is_missing(self, take: Take, engine: Engine) -> None:
        """A stated DLP and an estimated one are never added, and neither are two phantoms."""
        reports = [whole(dose_report(replace(ANNA_FOLLOW_UP, key=f"again {n}"))) for n in range(2)]
        estimated = replace(DORA_THORAX, person=ANNA_FOLLOW_UP.person)
        take(list(chain(reports, (header(image) for image in images(estimated)))))

        with unit_of_work(engine) as session:
            patient_id = the_exam(engine, estimated.study_instance_uid).summary.patient_id
            history = exam_views.history(session, patient_id)

        assert history is not None
        dose = cumulative_dose(history)
        assert (len(dose.sums.exams), dose.sums.without_dose) == (3, ())
        assert [(one.of, one.certainty, len(one.exams)) for one in dose.sums.sums] == [
            ("320", "stated", 2),
            ("320", "estimate", 1),
        ]
        assert [one.value for one in dose.sums.sums] == pytest.approx([2 * ANNA_FOLLOW_UP.dlp_mgy_cm, 210.0])
