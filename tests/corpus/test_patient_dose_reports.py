"""What we estimate of real dose reports is written as patient dose reports that validators read."""

from collections import Counter
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from sqlalchemy import Engine, text

from db.session import unit_of_work
from dose_core.contract import Envelope
from dose_core.model import DoseReport
from dose_core.writers import skin_map_image
from dose_core.writers.patient_dose_sr import kind_of
from dose_core.writers.templates.check import broken_rows
from dose_services import effective_dose, estimates, ingest, reading, skin_maps
from dose_services.audit import Looker, Via
from dose_services.patient_dose_document import PatientDoseObject, objects_of
from tests.support.corpus import corpus_files, needs_corpus
from tests.support.dciodvfy import dciodvfy_errors, dsr2xml_complaints, dsrdump_complaints
from tests.support.dose_house import RECORDER, DoseHouse
from tests.support.estimate_rules import faults_of_document
from tests.support.fake_archive import FakeArchive
from tests.support.read_as import read_as

pytestmark = needs_corpus
FOLDERS = ("ct_rdsr", "xa_rf_rdsr", "dx_rdsr", "mg_rdsr", "nm_rrdsr")
PHIL = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=None, route="/test")


@pytest.fixture
def written(engine: Engine) -> list[PatientDoseObject]:
    """All objects of every exam that the reports of the corpus make; effective dose is on."""
    house = DoseHouse(engine=engine, archive=FakeArchive())
    place = partial(unit_of_work, engine)
    for path in (path for folder in FOLDERS for path in corpus_files(folder)):
        dicom = path.read_bytes()
        uid = str(dcmread(BytesIO(dicom), specific_tags=["SOPInstanceUID"]).get("SOPInstanceUID") or path.name)
        with place() as session:
            kept = ingest.keep_objects(
                session, [Envelope(sop_instance_uid=uid, dicom=dicom)], sender="test", received_at=house.now
            )
        reading.read_kept(place, kept, now=house.now, site=house.site)
    house.follow()
    with place() as session:
        effective_dose.switch(session, "", is_on=True, reason="agreed in a test", looker=PHIL, now=house.now)
    while estimates.work_off(place, now=house.now, limit=100):
        pass
    while skin_maps.work_off(place, now=house.now, limit=100):
        pass
    with engine.connect() as connection:
        ids = connection.execute(text("SELECT id FROM exam ORDER BY study_instance_uid")).scalars().all()
    found: list[PatientDoseObject] = []
    for exam_id in ids:
        with place() as session:
            found += objects_of(session, exam_id, RECORDER)
    return found


@pytest.mark.real_dicom
def test_every_method_that_gives_a_value_has_a_report_that_validators_read(
    written: list[PatientDoseObject], tmp_path: Path
) -> None:
    """A run that one of the reports of an AXIOM-Artis repeats counts once, so that one of the two has a map."""
    files = [(one.kind, one.dicom) for one in written if one.dicom is not None]
    reports = [dicom for kind, dicom in files if kind != skin_map_image.KIND]

    assert [one.missing for one in written if one.dicom is None] == []
    assert Counter(kind for kind, _ in files) == {
        skin_map_image.KIND: 1,
        kind_of("skin-dose-map"): 1,
        kind_of("ct-effective-dose-icrp60"): 3,
        kind_of("ct-effective-dose-icrp103"): 3,
        kind_of("mammography-agd-by-dance"): 1,
    }
    for dicom in reports:
        report = dcmread(BytesIO(dicom))
        assert dsrdump_complaints(dicom, tmp_path) == dsr2xml_complaints(dicom, tmp_path) == []
        assert broken_rows(report) == ()
        assert list(faults_of_document(report)) == []
        assert read_as(DoseReport, dicom).our_own
    for kind, dicom in files:
        if kind == skin_map_image.KIND:
            assert dciodvfy_errors(dicom, tmp_path) == []
