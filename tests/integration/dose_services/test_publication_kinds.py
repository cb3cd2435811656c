"""Tests of dose_services.publication with every kind of dose SR, from every source that an exam may be known from."""

import json
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from db.session import Engine, unit_of_work
from dose_services import manual, pacs_destinations
from dose_services.audit import Looker, Via
from dose_services.manual import Typed
from dose_services.publication_findings import NOT_WRITTEN
from tests.builders import mammography, nuclear
from tests.builders.ct_study import ct_slices
from tests.builders.mpps import step, step_file
from tests.builders.projection_image import dx_bytes
from tests.builders.projection_rdsr import fluoroscopy_report_bytes
from tests.support.content import numbers
from tests.support.dciodvfy import dciodvfy_errors
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive

# A radiograph and a mammogram of one study, as a machine that does both sends them.
STUDY = "2.25.5002"
ADA = Looker(subject="user:ada", user_id=None, via=Via.TOKEN, reference=None, route="/test")


def house_of(engine: Engine, archive: FakeArchive, *files: bytes) -> DoseHouse:
    """Return a house that has taken these in, of devices that send no report."""
    house = DoseHouse(engine=engine, archive=archive)
    house.receive(files, are_headers=True)
    house.set_sends_no_rdsr()
    return house


def published(house: DoseHouse, archive: FakeArchive) -> dict[str, Dataset]:
    """Return what the archive has once the study is quiet, by the procedure that each reports."""
    house.wait(QUIET_S)
    house.work()
    found = [dcmread(BytesIO(dicom)) for dicom in archive.objects.values()]
    return {procedure_of(one): one for one in found}


def procedure_of(report: Dataset) -> str:
    named = {one.ConceptNameCodeSequence[0].CodeValue: one for one in report.ContentSequence}
    return str(named["121058"].ConceptCodeSequence[0].CodeMeaning)


def sources_of(report: Dataset) -> list[str]:
    return [
        str(one.ConceptCodeSequence[0].CodeValue)
        for one in report.ContentSequence
        if one.ConceptNameCodeSequence[0].CodeValue == "113854"
    ]


def evidence_of(report: Dataset) -> set[str]:
    return {
        str(one.ReferencedSOPInstanceUID)
        for study in report.CurrentRequestedProcedureEvidenceSequence
        for series in study.ReferencedSeriesSequence
        for one in series.ReferencedSOPSequence
    }


def test_a_radiograph_gets_a_projection_report(engine: Engine, archive: FakeArchive, tmp_path: Path) -> None:
    house = house_of(engine, archive, dx_bytes())

    (report,) = published(house, archive).values()

    assert procedure_of(report) == "Projection X-Ray"
    assert (report.StudyInstanceUID, report.PatientID, report.AccessionNumber) == (STUDY, "P-5", "ACC-5")
    assert evidence_of(report) == {"2.25.5001"}
    assert "113866" in sources_of(report)  # Copied From Image Attributes
    assert dciodvfy_errors(next(iter(archive.objects.values())), tmp_path) == []
    assert [row.kind for row in house.rows()] == ["projection rdsr"]


def test_a_study_of_two_kinds_gets_a_report_of_each(engine: Engine, archive: FakeArchive) -> None:
    device = {"ManufacturerModelName": "XR5", "PatientName": "Beispiel^Cara"}
    house = house_of(engine, archive, dx_bytes(), mammography.mammography_image_bytes(**device))

    reports = published(house, archive)

    assert set(reports) == {"Projection X-Ray", "Mammography"}
    assert evidence_of(reports["Mammography"]) == {"2.25.7001"}
    assert len({one.SeriesInstanceUID for one in reports.values()}) == 2
    assert house.states() == ["sent", "sent"]


def test_only_the_part_that_a_device_reports_loses_ours(engine: Engine, archive: FakeArchive) -> None:
    same: dict[str, Any] = {
        "StudyInstanceUID": STUDY,
        "PatientID": "P-5",
        "PatientName": "Beispiel^Cara",
        "IssuerOfPatientID": None,
    }
    device = {"Manufacturer": "ACME", "ManufacturerModelName": "XR5"}
    house = house_of(engine, archive, dx_bytes(), mammography.mammography_image_bytes(**device, **same))
    assert set(published(house, archive)) == {"Projection X-Ray", "Mammography"}

    house.receive([fluoroscopy_report_bytes(**same, **device)])

    house.set_sends_no_rdsr()
    assert set(published(house, archive)) == {"Mammography"}
    assert sorted((row.kind, row.state) for row in house.rows() if row.state != "unchanged") == [
        ("mammography rdsr", "sent"),
        ("projection rdsr", "withdrawn"),
    ]


def test_a_pet_study_gets_a_radiopharmaceutical_report(engine: Engine, archive: FakeArchive, tmp_path: Path) -> None:
    house = house_of(engine, archive, nuclear.pet_image_bytes(ManufacturerModelName="PET-1"))
    house.wait(QUIET_S)
    house.work()

    (dicom,) = archive.objects.values()
    report = dcmread(BytesIO(dicom))
    assert report.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.68"
    assert (report.StudyInstanceUID, report.PatientID) == ("2.25.7102", "P-2")
    assert evidence_of(report) == {"2.25.7101"}
    assert numbers(report, "113507") == [370.0]
    assert dciodvfy_errors(dicom, tmp_path) == []
    assert [(row.kind, row.state) for row in house.rows()] == [("radiopharmaceutical rdsr", "sent")]


def activities(archive: FakeArchive) -> list[float]:
    """Return the administered activities that the archive has reports of, in MBq."""
    reports = [dcmread(BytesIO(dicom)) for dicom in archive.objects.values()]
    return sorted(one for report in reports for one in numbers(report, "113507") if one is not None)


def later_injection() -> dict[str, Any]:
    return nuclear.radiopharmaceutical(RadiopharmaceuticalStartDateTime="20260301150000", RadionuclideTotalDose="2e8")


def test_a_study_of_two_administrations_gets_a_report_of_each(engine: Engine, archive: FakeArchive) -> None:
    """Such a report is about one (PS3.16, TID 10021, row 4)."""
    both = nuclear.pet_image_bytes(nuclear.radiopharmaceutical(), later_injection(), ManufacturerModelName="PET-1")
    house = house_of(engine, archive, both)
    house.wait(QUIET_S)
    house.work()
    house.receive([both], are_headers=True)
    house.wait(QUIET_S)
    house.work()

    assert activities(archive) == [200.0, 370.0]
    assert [(row.kind.split(" 2.25.")[0], row.state) for row in house.rows()] == [
        ("radiopharmaceutical rdsr", "sent")
    ] * 2
    assert NOT_WRITTEN not in house.findings()


def test_a_second_administration_that_comes_later_leaves_no_report_of_before(
    engine: Engine, archive: FakeArchive
) -> None:
    first = nuclear.pet_image_bytes(nuclear.radiopharmaceutical(), ManufacturerModelName="PET-1")
    house = house_of(engine, archive, first)
    house.wait(QUIET_S)
    house.work()
    assert activities(archive) == [370.0]

    both = nuclear.pet_image_bytes(
        nuclear.radiopharmaceutical(),
        later_injection(),
        ManufacturerModelName="PET-1",
        SOPInstanceUID="2.25.7109",
    )
    house.receive([both], are_headers=True)
    house.wait(QUIET_S)
    house.work()

    assert activities(archive) == [200.0, 370.0]
    assert sorted(row.state for row in house.rows()) == ["sent", "sent", "withdrawn"]


def test_a_site_that_wants_no_such_reports_gets_none_of_several_either(engine: Engine, archive: FakeArchive) -> None:
    both = nuclear.pet_image_bytes(nuclear.radiopharmaceutical(), later_injection(), ManufacturerModelName="PET-1")
    house = house_of(engine, archive, both)
    with unit_of_work(engine) as session:
        pacs_destinations.set_rule(session, "orthanc", kinds=("ct rdsr",), looker=ADA, now=house.now)
    house.wait(QUIET_S)
    house.work()

    assert archive.objects == {}


def test_a_procedure_step_gets_a_report_of_its_totals(engine: Engine, archive: FakeArchive) -> None:
    """Nothing else of the study is kept: patient and request are those of the step."""
    house = house_of(engine, archive, step_file(step()))

    (report,) = published(house, archive).values()

    assert sources_of(report) == ["113858"]  # MPPS Content
    assert (report.StudyInstanceUID, str(report.PatientName), report.AccessionNumber) == (
        "2.25.601",
        "Beispiel^Cy",
        "ACC-61",
    )
    assert "CurrentRequestedProcedureEvidenceSequence" not in report  # a step is no object of an archive


def test_typed_values_get_a_report_if_they_name_a_marked_device(engine: Engine, archive: FakeArchive) -> None:
    house = DoseHouse(engine=engine, archive=archive)
    body = {
        "modality": "MG",
        "source": "dose display",
        "patient": {"identifier": "P-9", "authority": "HOSP", "name": "Beispiel^Ina"},
        "started_at": "2026-03-01T09:00:00",
        "device": {"manufacturer": "ACME", "model": "MG-1", "station_name": "ROOM9"},
        "values": [{"quantity": "agd", "value": 1.3, "unit": "mGy", "of": "L"}],
    }
    typed = Typed(
        body=json.dumps(body).encode(),
        exam_id=None,
        study_instance_uid="2.25.99",
        modality="MG",
        names_patient=True,
        names_start=True,
    )
    manual.state_values(partial(unit_of_work, engine), typed, looker=ADA, site_label="", now=house.now, site=house.site)
    house.follow()
    house.set_sends_no_rdsr()
    house.wait(QUIET_S)
    house.work()

    (row,) = house.rows()
    assert (row.kind, row.state) == ("mammography rdsr", "refused")
    assert "an irradiation event" in house.findings()[NOT_WRITTEN]
    assert "Beispiel" not in house.findings()[NOT_WRITTEN]


def test_a_radiograph_without_a_dose_gets_none_but_a_finding(engine: Engine, archive: FakeArchive) -> None:
    house = house_of(engine, archive, dx_bytes(ImageAndFluoroscopyAreaDoseProduct=None, EntranceDoseInmGy=None))

    assert published(house, archive) == {}
    assert "a dose" in house.findings()[NOT_WRITTEN]


@pytest.mark.parametrize("marked", ["XR5", "MG1"])
def test_a_study_of_two_devices_gets_none_while_one_of_them_may_send_its_own(
    engine: Engine, archive: FakeArchive, marked: str
) -> None:
    house = DoseHouse(engine=engine, archive=archive)
    house.receive(
        [dx_bytes(), mammography.mammography_image_bytes(PatientName="Beispiel^Cara")],
        are_headers=True,
    )
    house.set_sends_no_rdsr(model=marked)

    assert published(house, archive) == {}
    house.set_sends_no_rdsr()
    assert set(published(house, archive)) == {"Projection X-Ray", "Mammography"}


def test_two_devices_in_one_part_are_a_finding(engine: Engine, archive: FakeArchive) -> None:
    """A report is about one device; which of two it would be, nobody can say."""
    other = dx_bytes(SOPInstanceUID="2.25.5009", ManufacturerModelName="XR6", AcquisitionTime="112000")
    house = house_of(engine, archive, dx_bytes(), other)

    assert published(house, archive) == {}
    assert "one irradiating device" in house.findings()[NOT_WRITTEN]


def test_all_slices_are_named_as_evidence(engine: Engine, archive: FakeArchive) -> None:
    house = house_of(engine, archive, *ct_slices(4))

    (report,) = published(house, archive).values()

    assert evidence_of(report) == {f"2.25.3100.{number}" for number in range(4)}
