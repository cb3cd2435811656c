"""Tests of dose_services.forwarding_sending: whose dose SRs go to whom, and that one which breaks us stops no other."""

from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from sqlalchemy import Engine, select, update

from db.session import unit_of_work
from db.tables.exam import ExamRow
from db.tables.publication import PublicationRow
from dose_core.deidentify.document import Deidentified, deidentified
from dose_core.deidentify.policy import Policy
from dose_services import forwarding_sending
from dose_services.forwarding_values import ForwardRule, Reports
from tests.builders import patient_rdsr
from tests.builders.ct_reports import of, report, study_uid
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.forward_house import LONG_AGO, ForwardHouse


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> ForwardHouse:
    return ForwardHouse(DoseHouse(engine=engine, archive=FakeArchive()), folder=tmp_path)


def receive(place: ForwardHouse, *numbers: int) -> None:
    place.house.receive([report(number, **of("P-1")) for number in numbers])


class TestARegistry:
    def test_gets_our_own_reports_only_if_its_rule_asks_for_them(self, place: ForwardHouse) -> None:
        place.add("devices")
        place.add("ours", rule=ForwardRule(since=LONG_AGO, reports=Reports.OWN))
        receive(place, 1)
        place.work()

        assert [one.destination for one in place.queue()] == ["devices"]
        say_published(place, "2.25.8100.2", state="sent")
        receive(place, 2)
        place.work()

        assert [one.destination for one in place.queue()] == ["devices", "ours"]

    def test_does_not_get_one_that_says_itself_that_it_is_ours_as_a_devices(self, place: ForwardHouse) -> None:
        place.add("devices")
        place.add("both", rule=ForwardRule(since=LONG_AGO, reports=Reports.ALL))
        receive(place, 1)
        place.house.receive([as_ours(report(2, study=1, **of("P-1"))), as_ours(patient_dose_sr(1))])
        place.work()

        became = sorted((one.destination, one.state.value) for one in place.queue())
        assert became == [("both", "sent")] * 3 + [("devices", "cancelled")] * 2 + [("devices", "sent")]
        assert place.findings() == {}

    def test_gets_our_patient_dose_srs_as_ours_and_not_a_devices(self, place: ForwardHouse) -> None:
        place.add("ours", rule=ForwardRule(since=LONG_AGO, reports=Reports.OWN))
        receive(place, 1)
        place.house.receive([as_ours(patient_dose_sr(1))])
        place.work()
        assert place.states() == ["sent"]

        place.house.receive([patient_dose_sr(2)])
        place.work()
        assert place.states() == ["sent", "cancelled"]

    def test_gets_one_of_ours_once_its_archive_is_known_to_have_it(self, place: ForwardHouse) -> None:
        place.add(rule=ForwardRule(since=LONG_AGO, reports=Reports.ALL))
        receive(place, 1, 2)
        say_published(place, "2.25.8100.1", state="waiting")  # the archive has it, and its answer was lost
        place.work()
        assert place.states() == ["waiting", "sent"]

        with unit_of_work(place.house.engine) as session:
            session.execute(update(PublicationRow).values(state="sent"))
        place.work()
        assert place.states() == ["sent", "sent"]

    def test_does_not_get_one_of_ours_that_was_taken_back(self, place: ForwardHouse) -> None:
        place.add(rule=ForwardRule(since=LONG_AGO, reports=Reports.OWN))
        receive(place, 1)
        say_published(place, "2.25.8100.1", state="withdrawn")
        place.work()

        assert place.states() == ["cancelled"]


def test_an_object_that_breaks_us_is_parked_alone_and_what_was_settled_before_it_stays_so(
    place: ForwardHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.add(rule=ForwardRule(since=LONG_AGO, reports=Reports.ALL))
    receive(place, 1, 2, 3)
    say_published(place, "2.25.8100.1", state="withdrawn")
    break_on(monkeypatch, "2.25.8100.2")
    place.work()

    assert place.states() == ["cancelled", "parked", "sent"]


def patient_dose_sr(number: int) -> bytes:
    """Return a patient dose report on the study of report 1."""
    liver = patient_rdsr.dose(patient_rdsr.MEAN_ABSORBED, "2.1", "mGy", patient_rdsr.organ(patient_rdsr.LIVER))
    return patient_rdsr.patient_rdsr_bytes(
        patient_rdsr.estimate(liver, patient_rdsr.methodology()),
        StudyInstanceUID=study_uid(1),
        SOPInstanceUID=f"2.25.8900.{number}",
        **of("P-1"),
    )


def as_ours(dicom: bytes) -> bytes:
    """Return a report as if we had written it."""
    data_set = dcmread(BytesIO(dicom))
    data_set.Manufacturer = data_set.ManufacturerModelName = "DoseLedger"
    written = BytesIO()
    data_set.save_as(written)
    return written.getvalue()


def break_on(monkeypatch: pytest.MonkeyPatch, sop_instance_uid: str) -> None:
    """Have de-identification fail at an object in a way that nobody foresaw."""

    def broken(dicom: bytes, policy: Policy, *, subject: str) -> Deidentified:
        if dcmread(BytesIO(dicom)).SOPInstanceUID == sop_instance_uid:
            raise ZeroDivisionError
        return deidentified(dicom, policy, subject=subject)

    monkeypatch.setattr(forwarding_sending, "deidentified", broken)


def say_published(place: ForwardHouse, sop_instance_uid: str, *, state: str) -> None:
    """Say that we wrote the report of this UID, as the queue of publications does."""
    with unit_of_work(place.house.engine) as session:
        exam = session.scalars(select(ExamRow).order_by(ExamRow.created_at)).first()
        assert exam is not None
        session.add(
            PublicationRow(
                exam_id=exam.id,
                revision=exam.revision,
                kind="ct rdsr",
                destination="orthanc",
                edition=1,
                state=state,
                sop_instance_uid=sop_instance_uid,
                series_instance_uid=f"{sop_instance_uid}.1",
                not_before=place.now,
                created_at=place.now,
            )
        )
