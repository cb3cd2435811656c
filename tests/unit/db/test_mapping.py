"""Tests of db.mapping: what a statement holds is the report again."""

import json
import warnings
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from db.mapping import (
    exam_from_packed,
    exam_to_json,
    identity_to_packed,
    packed,
    report_from_packed,
    report_to_packed,
)
from db.packing import unpack
from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.ledger.exam import Exam, ExamEvent
from dose_core.model import DoseReport, Kind, PatientStated, ProjectionEvent, ProjectionReport
from dose_core.readers.registry import read_dose
from tests.builders.ct_exam import image_event, image_exam
from tests.builders.every_kind import objects_of_every_kind

STUDY = "2.25.9100"
OBJECTS = objects_of_every_kind(STUDY)
FILES = set(Kind) - {Kind.MANUAL}  # what a person types in is no file


def kept(report: DoseReport) -> DoseReport:
    """Return the report as it comes back from a column."""
    return report_from_packed(report_to_packed(report), identity_to_packed(report))


def events_kept_before(*, ctdi_vol_mgy: float | None) -> tuple[ExamEvent, ...]:
    """Return the CT events of an exam that was kept when an estimate had no interval."""
    ct = image_exam(image_event(ctdi_vol_mgy=ctdi_vol_mgy, dlp_mgy_cm=None))
    now = json.loads(exam_to_json(Exam(study_instance_uid=STUDY, patients=(), devices=(), modalities=("CT",), ct=ct)))
    now["ct"]["events"][0]["dlp_estimate"] = {
        "value": 22.5,
        "unit": "mGy.cm",
        "method_id": "ct-dlp-from-image-headers",
        "method_version": "1",
        "uncertainty": "not stated: no published figure was found",
        "caveats": ["over-ranging is not included"],
    }
    read = exam_from_packed(packed(json.dumps(now, separators=(",", ":")).encode()))
    assert read.ct is not None
    return read.ct.events


def test_an_object_of_every_kind_is_at_hand() -> None:
    assert set(OBJECTS) == FILES


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_report_of_every_kind_comes_back_as_it_was(kind: Kind) -> None:
    report = read_dose(OBJECTS[kind])
    assert report.kind is kind
    assert report.study_instance_uid == STUDY

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a value of another type than its field's would be told here
        back = kept(report)

    assert back == report
    assert type(back) is type(report)


def test_a_time_with_an_offset_and_one_without_come_back_as_stated() -> None:
    local = ProjectionReport(kind=Kind.PROJECTION_RDSR, sop_instance_uid="1", started_at=datetime(2026, 3, 1, 10, 15))  # noqa: DTZ001  local
    aware = replace(local, started_at=datetime(2026, 3, 1, 10, 15, tzinfo=UTC))

    assert kept(local) == local
    assert kept(aware) == aware
    assert kept(local) != kept(aware)


def test_what_is_not_stated_comes_back_as_not_stated_and_zero_as_zero() -> None:
    report = ProjectionReport(
        kind=Kind.PROJECTION_IMAGE, sop_instance_uid="1", events=(ProjectionEvent(), ProjectionEvent(dap_gy_cm2=0.0))
    )

    back = kept(report)
    assert isinstance(back, ProjectionReport)
    unstated, zero = back.events

    assert unstated.dap_gy_cm2 is None
    assert zero.dap_gy_cm2 == 0.0


def test_a_packed_report_names_nobody_without_its_identity() -> None:
    patient = PatientStated(id="INVENTED-7", name="Beispiel^Eva", birth_date=date(1980, 2, 3), size_cm=170.0)
    report = ProjectionReport(
        kind=Kind.PROJECTION_RDSR,
        sop_instance_uid="1",
        accession_number="ACC-7",
        comment="for Eva",
        physicians=("Doktor^Invented",),
        patient=patient,
    )

    packed = report_to_packed(report)

    plain = unpack(packed)
    assert not any(name in plain for name in (b"INVENTED-7", b"Beispiel", b"1980", b"ACC-7", b"for Eva", b"Doktor"))
    assert report_from_packed(packed, None).patient == PatientStated(size_cm=170.0)
    assert report_from_packed(packed, identity_to_packed(report)) == report


class TestAnExamThatAnEarlierReleaseKept:
    """Its estimates had a text in place of an interval."""

    def test_has_the_interval_that_the_method_gives_today(self) -> None:
        """7.5 mGy, pitch 1.2 and 38.4 mm over 4.04 rotations (van der Molen and Geleijns 2007): 139.6 mGy.cm more."""
        (event,) = events_kept_before(ctdi_vol_mgy=7.5)

        estimate = event.dlp_estimate
        assert isinstance(estimate, Estimate)
        assert (estimate.value, estimate.method_version) == (22.5, "1")
        assert estimate.interval.low == 22.5
        assert estimate.interval.high == pytest.approx(22.5 + 139.6224)
        assert estimate.caveats == ("over-ranging is not included",)

    def test_is_read_without_a_ctdi_vol_too(self) -> None:
        (event,) = events_kept_before(ctdi_vol_mgy=None)

        assert isinstance(event.dlp_estimate, NotComputable)
