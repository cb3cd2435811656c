"""Tests of dose_services.findings, exam_findings and looking_around: raised, listed, counted, closed."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from pydicom.sr.codedict import codes
from sqlalchemy import Engine, select

from db.repositories import findings as rows
from db.session import unit_of_work
from db.tables.access_log import AccessLogRow
from db.tables.exam import ExamRow
from dose_core.contract import Envelope
from dose_services import findings, ingest, looking_around, reading
from dose_services.audit import Action, Looker, Via
from dose_services.finding_kinds import FindingKind
from dose_services.findings import Finding, UnknownFindingError
from tests.builders.ct_rdsr import accumulated, acquisition, ct_rdsr_bytes, dlp_total, dose, event_count, irradiated
from tests.builders.ct_reports import of, report, study_uid
from tests.builders.mammography import left_cc, mammography_rdsr_bytes
from tests.builders.sr import code
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

LOOKER = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/test")


@pytest.fixture
def plain(engine: Engine, archive: FakeArchive) -> DoseHouse:
    """A house that has received nothing."""
    return DoseHouse(engine=engine, archive=archive)


def found(
    house: DoseHouse,
    *kinds: FindingKind,
    is_open: bool | None = True,
    device_id: UUID | None = None,
    exam_id: UUID | None = None,
) -> list[Finding]:
    with unit_of_work(house.engine) as session:
        return findings.list_findings(
            session,
            kinds=kinds,
            is_open=is_open,
            device_id=device_id,
            exam_id=exam_id,
            since=None,
            before=None,
            limit=100,
        )


def close(house: DoseHouse, finding_id: UUID, comment: str = "seen") -> Finding:
    with unit_of_work(house.engine) as session:
        return findings.close(session, finding_id, comment=comment, looker=LOOKER, now=house.now)


def odd_report(number: int, *, ctdi_mgy: str = "5", phantom: bool = True, at: str = "20260301101600") -> bytes:
    """Return a report under the UIDs of report ``number``, with an event as told."""
    stated = dose(ctdi_mgy, "150") if phantom else dose(ctdi_mgy, "150", None)
    return ct_rdsr_bytes(
        *irradiated(at, at),
        accumulated(event_count("1"), dlp_total("150")),
        acquisition(stated, uid=f"2.25.8200.{number}"),
        StudyInstanceUID=study_uid(number),
        SOPInstanceUID=f"2.25.8100.{number}",
    )


class TestOfAnExam:
    def test_a_missing_phantom_is_told_until_a_report_states_it(self, plain: DoseHouse) -> None:
        plain.receive([odd_report(1, phantom=False)])
        told = found(plain, FindingKind.MISSING_PHANTOM)

        plain.receive([odd_report(1)])

        assert [one.title for one in told] == ["a CTDIvol without its phantom"]
        assert found(plain, FindingKind.MISSING_PHANTOM) == []
        (closed,) = found(plain, FindingKind.MISSING_PHANTOM, is_open=False)
        assert (closed.closed_at, closed.closed_by) == (plain.now, None)

    def test_an_absurd_value_is_implausible(self, plain: DoseHouse) -> None:
        plain.receive([odd_report(1, ctdi_mgy="5000")])

        assert len(found(plain, FindingKind.IMPLAUSIBLE)) == 1

    @pytest.mark.parametrize(("agd_mgy", "count"), [("13.0", 1), ("1.30", 0)])
    def test_a_glandular_dose_that_its_exposure_does_not_support_is_told(
        self, plain: DoseHouse, agd_mgy: str, count: int
    ) -> None:
        """By Dance it is 1.21 mGy, see ``docs/validation/mammography-agd-by-dance.md``."""
        at_surface = code(codes.DCM.ReferencePointDefinition, ("113964", "DCM", "At Surface of Patient"))

        plain.receive([mammography_rdsr_bytes(left_cc("2.25.6001", at_surface, agd_mgy=agd_mgy))])

        told = found(plain, FindingKind.AGD_DISAGREES)
        assert len(told) == count
        assert all(one.text.startswith("L CC: 13 mGy are stated, 1.21 mGy") for one in told)

    def test_an_event_after_its_arrival_is_told_as_a_clock_that_is_wrong(self, plain: DoseHouse) -> None:
        """The house's clock says noon UTC, the device's 14:10 in Berlin, an hour ahead of UTC."""
        plain.receive([odd_report(1, at="20260301141000"), odd_report(2, at="20260301130400")])

        (told,) = found(plain, FindingKind.CLOCK_SKEW)
        assert "after they were received" in told.text

    def test_an_exam_at_the_desk_is_told_until_it_is_released(self, plain: DoseHouse) -> None:
        plain.receive([report(1, **of("A")), report(2, study=1, **of("B"))])

        (told,) = found(plain, FindingKind.HELD)
        assert "different patients" in told.text


class TestUnreadable:
    def hand_in(self, house: DoseHouse, dicom: bytes) -> UUID:
        with unit_of_work(house.engine) as session:
            envelope = Envelope(sop_instance_uid="2.25.8100.1", dicom=dicom)
            (kept,) = ingest.keep_objects(session, [envelope], sender="test", received_at=house.now)
        reading.read_kept(lambda: unit_of_work(house.engine), [kept], now=house.now, site=house.site)
        return kept.evidence_id

    def look_around(self, house: DoseHouse) -> None:
        with unit_of_work(house.engine) as session:
            looking_around.look_around(session, now=house.now, site=house.site)

    def test_is_told_of_the_object_and_closes_when_a_good_version_comes(self, plain: DoseHouse) -> None:
        evidence_id = self.hand_in(plain, b"no DICOM at all")
        (told,) = found(plain, FindingKind.UNREADABLE)
        self.look_around(plain)
        still = found(plain, FindingKind.UNREADABLE)

        self.hand_in(plain, report(1))
        self.look_around(plain)

        assert (told.evidence_id, len(still)) == (evidence_id, 1)
        assert found(plain, FindingKind.UNREADABLE) == []


class TestClosing:
    def test_keeps_who_closed_it_and_why_and_is_on_record(self, plain: DoseHouse) -> None:
        plain.receive([odd_report(1, phantom=False)])
        (told,) = found(plain, FindingKind.MISSING_PHANTOM)

        closed = close(plain, told.id, "an old scanner")

        assert (closed.closed_at, closed.closed_by, closed.comment) == (plain.now, "user:phil", "an old scanner")
        with unit_of_work(plain.engine) as session:
            query = select(AccessLogRow.exam_id).where(AccessLogRow.action == Action.CLOSE_FINDING)
            assert session.scalars(query).all() == [told.exam_id]

    def test_lasts_as_long_as_the_same_is_to_be_said(self, plain: DoseHouse) -> None:
        plain.receive([odd_report(1, phantom=False)])
        close(plain, found(plain, FindingKind.MISSING_PHANTOM)[0].id)

        plain.receive([report(2, study=1)])
        same = found(plain, FindingKind.MISSING_PHANTOM)
        another = odd_report(3, phantom=False).replace(study_uid(3).encode(), study_uid(1).encode())
        plain.receive([another])

        assert same == []
        (again,) = found(plain, FindingKind.MISSING_PHANTOM)
        assert "2 event(s)" in again.text

    def test_happens_once(self, plain: DoseHouse) -> None:
        plain.receive([odd_report(1, phantom=False)])
        (told,) = found(plain, FindingKind.MISSING_PHANTOM)
        close(plain, told.id, "first")

        assert close(plain, told.id, "second").comment == "first"

    def test_holds_for_what_is_raised_by_itself_again_and_again(self, plain: DoseHouse) -> None:
        with unit_of_work(plain.engine) as session:
            for _ in range(2):
                rows.raise_once(session, kind=FindingKind.UNREADABLE, subject="1", text="broken", now=plain.now)
                for one in rows.unresolved(session):
                    findings.close(session, one.id, comment="known", looker=LOOKER, now=plain.now)
            rows.raise_once(session, kind=FindingKind.UNREADABLE, subject="1", text="broken", now=plain.now)

        assert found(plain) == []

    def test_needs_a_finding(self, plain: DoseHouse) -> None:
        with pytest.raises(UnknownFindingError):
            close(plain, uuid4())


class TestTheList:
    @pytest.fixture
    def busy(self, plain: DoseHouse) -> DoseHouse:
        """A house with findings of two kinds about exams of two devices."""
        plain.receive([odd_report(1, phantom=False)])
        plain.wait(24 * 3600)
        other = odd_report(2, ctdi_mgy="5000").replace(b"SN1 ", b"SN2 ")
        plain.receive([other])
        return plain

    def test_is_newest_first(self, busy: DoseHouse) -> None:
        raised = [one.raised_at for one in found(busy)]

        assert raised == sorted(raised, reverse=True)
        assert len(raised) >= 2

    def test_is_asked_for_by_kind_exam_and_device(self, busy: DoseHouse) -> None:
        (phantom,) = found(busy, FindingKind.MISSING_PHANTOM)
        with unit_of_work(busy.engine) as session:
            exam = session.get_one(ExamRow, phantom.exam_id)

        assert found(busy, FindingKind.MISSING_PHANTOM, exam_id=phantom.exam_id) == [phantom]
        assert found(busy, FindingKind.IMPLAUSIBLE, exam_id=phantom.exam_id) == []
        assert phantom in found(busy, device_id=exam.device_id)
        assert {one.kind for one in found(busy, device_id=exam.device_id)}.isdisjoint({FindingKind.IMPLAUSIBLE})

    def test_comes_page_by_page_without_a_gap(self, busy: DoseHouse) -> None:
        every = [one.id for one in found(busy)]
        paged: list[UUID] = []
        with unit_of_work(busy.engine) as session:
            while True:
                page = findings.list_findings(
                    session,
                    kinds=(),
                    is_open=True,
                    device_id=None,
                    exam_id=None,
                    since=None,
                    before=paged[-1] if paged else None,
                    limit=1,
                )
                if not page:
                    break
                paged += [one.id for one in page]

        assert paged == every

    def test_is_counted_by_day_of_the_site(self, plain: DoseHouse) -> None:
        """Half past eleven in the evening, UTC, is the next day in Berlin."""
        plain.wait(11.5 * 3600)
        plain.receive([odd_report(1, phantom=False)])
        close(plain, found(plain, FindingKind.MISSING_PHANTOM)[0].id)
        with unit_of_work(plain.engine) as session:
            counts = findings.by_day(session, first=date(2026, 3, 1), last=date(2026, 3, 2), site=plain.site)

        assert [(one.day, one.raised, one.open) for one in counts if one.kind == FindingKind.MISSING_PHANTOM] == [
            (date(2026, 3, 2), 1, 0)
        ]
