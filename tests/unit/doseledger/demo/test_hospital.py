"""Tests of the invented hospital: what it sends is what it says that it sends."""

from io import BytesIO

import pytest
from pydicom.dataset import Dataset

from dose_core.model import CtReport
from doseledger.demo import messages
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import DORA_THORAX, PEOPLE, REPORTED_STUDIES, Study
from doseledger.demo.slices import images
from tests.support.read_as import read_as


def _read(dataset: Dataset) -> CtReport:
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return read_as(CtReport, file.getvalue())


class TestDoseReports:
    @pytest.mark.parametrize("study", REPORTED_STUDIES, ids=lambda study: study.key)
    def test_the_reader_finds_the_dose_that_the_hospital_invented(self, study: Study) -> None:
        report = _read(dose_report(study))
        assert report.totals.dlp_mgy_cm == pytest.approx(study.dlp_mgy_cm)
        assert [event.dlp_mgy_cm for event in report.events] == pytest.approx(
            [acquisition.dlp_mgy_cm for acquisition in study.acquisitions]
        )
        assert [event.event_uid for event in report.events] == [
            study.event_uid(number) for number in range(1, len(study.acquisitions) + 1)
        ]
        assert report.warnings == ()

    def test_the_same_study_is_the_same_object_again(self) -> None:
        study = REPORTED_STUDIES[0]
        assert dose_report(study) == dose_report(study)


class TestImages:
    def test_there_are_a_localizer_and_thirty_slices_per_acquisition(self) -> None:
        kinds = [image.ImageType[2] for image in images(DORA_THORAX)]
        assert kinds == ["LOCALIZER", *["AXIAL"] * 60]

    def test_a_slice_states_its_dose_its_phantom_and_its_event(self) -> None:
        report = _read(list(images(DORA_THORAX))[1])
        (event,) = report.events
        assert event.ctdi_vol_mgy == pytest.approx(6.0)
        assert event.phantom_diameter_mm == 320
        assert event.event_uid == DORA_THORAX.event_uid(1)

    def test_the_slices_of_an_acquisition_cover_its_length(self) -> None:
        first = [image for image in images(DORA_THORAX) if image.get("IrradiationEventUID") == DORA_THORAX.event_uid(1)]
        positions = [float(image.ImagePositionPatient[2]) for image in first]
        thickness_mm = float(first[0].SliceThickness)
        assert max(positions) - min(positions) + thickness_mm == DORA_THORAX.acquisitions[0].length_mm


class TestMessages:
    def test_each_person_is_registered_once(self) -> None:
        sent = b"".join(messages.registrations()).decode()
        assert [sent.count(f"|{person.identifier}^^^DEMO^MR|") for person in PEOPLE] == [1] * len(PEOPLE)

    def test_the_merge_names_the_survivor_in_pid_and_the_retired_number_in_mrg(self) -> None:
        segments = {segment[:3]: segment for segment in messages.merge().decode().split("\r")}
        assert "DEMO-0003^^^DEMO" in segments["PID"]
        assert segments["MRG"] == "MRG|DEMO-0900^^^DEMO^MR"
