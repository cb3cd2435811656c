"""Objects of every modality, stored in a real Orthanc, end as statements; captures without dose are never sent."""

import pytest
from sqlalchemy import Engine, select

from db.mapping import exam_from_packed
from db.repositories import evidence, exams
from db.session import unit_of_work
from db.tables.evidence import EvidenceRow
from db.tables.statement import StatementRow
from dose_core.model import Kind
from tests.builders.ct_image_enhanced import enhanced_ct, exposed, frame
from tests.builders.dicom import EXPLICIT_LITTLE, IMPLICIT_LITTLE, encode, meta
from tests.builders.dose_screen import dose_screen, screen_file
from tests.builders.every_kind import objects_of_every_kind
from tests.support.living_house import LivingHouse
from tests.support.until import until

pytestmark = [pytest.mark.orthanc, pytest.mark.timeout(600)]

STUDY = "2.25.9300"
STORED_KINDS = (  # a procedure step is a message, and no object that an archive holds
    *(Kind.PROJECTION_IMAGE, Kind.MAMMOGRAPHY_IMAGE, Kind.NUCLEAR_IMAGE, Kind.DOSE_SCREEN),
    *(Kind.PROJECTION_RDSR, Kind.MAMMOGRAPHY_RDSR, Kind.RADIOPHARMACEUTICAL_RDSR, Kind.ENHANCED_RDSR),
    *(Kind.PATIENT_RDSR, Kind.LEGACY_DOSE_SR, Kind.REJECTION_NOTE),
)
FRAMES, PIXEL_BYTES = 1000, 4000


def store(house: LivingHouse, file: bytes) -> None:
    """Store a file as any program would that speaks to Orthanc."""
    answer = house.doors.orthanc.door.call("POST", "/instances", file, headers={"Content-Type": "application/dicom"})
    assert answer.status == 200, answer.body


def kinds_read(engine: Engine, study_instance_uid: str) -> list[str]:
    with unit_of_work(engine) as session:
        query = select(StatementRow.kind).where(StatementRow.study_instance_uid == study_instance_uid)
        return sorted(session.scalars(query))


def test_each_is_read_as_what_it_is_and_a_plain_capture_stays_in_the_archive(
    house: LivingHouse, engine: Engine
) -> None:
    objects = objects_of_every_kind(STUDY)
    plain = dose_screen(SeriesDescription="3D view", StudyInstanceUID=STUDY)

    store(house, screen_file(plain))
    for kind in STORED_KINDS:
        store(house, objects[kind])

    until(lambda: len(kinds_read(engine, STUDY)) == len(STORED_KINDS), within_s=60, what="all statements")
    house.wait_until_delivered()
    assert kinds_read(engine, STUDY) == sorted(STORED_KINDS)
    with unit_of_work(engine) as session:
        assert evidence.count_by_status(session) == {"read": len(STORED_KINDS)}
        assert plain.SOPInstanceUID not in session.scalars(select(EvidenceRow.sop_instance_uid)).all()
        exam = exams.by_study(session, STUDY)
        assert exam is not None
        assert exam.state == "held"  # one exam; its objects name different patients
        assert {"MG", "PT"} <= set(exam.modality.split("/"))
    status = house.doors.orthanc.door.call("GET", "/dose/status").json()
    assert status["parked"]["count"] == 0


@pytest.mark.parametrize("defined", [True, False], ids=["defined lengths", "undefined lengths"])
@pytest.mark.parametrize("explicit", [True, False], ids=["explicit", "implicit"])
def test_an_enhanced_ct_of_a_thousand_frames_makes_an_exam(
    house: LivingHouse, engine: Engine, *, explicit: bool, defined: bool
) -> None:
    """A thousand frames of 0.5 mm at 8 mGy: 8 mGy x 50 cm = 400 mGy.cm."""
    study = f"2.25.9301.{explicit:d}.{defined:d}"
    named = {"StudyInstanceUID": study, "SOPInstanceUID": f"{study}.1", "SeriesInstanceUID": f"{study}.2"}
    shared = exposed(PixelMeasuresSequence=[{"SliceThickness": "0.5"}])
    image = enhanced_ct([frame(0.5 * n) for n in range(FRAMES)], shared, **named)
    syntax = EXPLICIT_LITTLE if explicit else IMPLICIT_LITTLE
    header = meta(image, syntax) + encode(image, explicit=explicit, defined=defined)
    tag, length = b"\xe0\x7f\x10\x00", PIXEL_BYTES.to_bytes(4, "little")

    store(house, header + tag + (b"OW\0\0" if explicit else b"") + length + bytes(PIXEL_BYTES))

    until(lambda: kinds_read(engine, study) == [Kind.CT_IMAGE], within_s=60, what="the statement")
    with unit_of_work(engine) as session:
        row = exams.by_study(session, study)
        assert row is not None
        known = exams.get(session, row.id)
        assert known is not None
        ct = exam_from_packed(known.content).ct
        assert ct is not None
        assert ct.dlp_mgy_cm == pytest.approx(400.0)
        kept = session.scalars(select(EvidenceRow).where(EvidenceRow.sop_instance_uid == f"{study}.1")).one()
        assert kept.is_header
        assert evidence.content_of(kept).endswith(header[-PIXEL_BYTES:])
