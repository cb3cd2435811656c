"""
Nuclear medicine objects of real devices read as independent readings say.

Oracles: ``expected_sr.json`` for the report, the key values of ``INDEX.csv`` for the images; for the pair of report and
images of one examination the start that each states.
"""

import csv
import json
import re
from datetime import datetime
from typing import Any

import pytest

from dose_core.ledger.administrations import administrations_of
from dose_core.ledger.exam import Statement
from dose_core.ledger.source import Source
from dose_core.model import NuclearReport
from dose_core.readers.errors import NotDoseError
from dose_core.readers.registry import read_dose
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.read_as import read_as

REPORT = "nm_rrdsr/openREM__NM-RRDSR-Siemens.dcm"
_EXPECTED_FILE = CORPUS / "expected_sr.json"
_EXPECTED: dict[str, Any] = json.loads(_EXPECTED_FILE.read_text()) if _EXPECTED_FILE.is_file() else {}
_INDEX_FILE = CORPUS / "INDEX.csv"
_INDEX = csv.DictReader(_INDEX_FILE.read_text().splitlines()) if _INDEX_FILE.is_file() else ()
IMAGES = {row["file"]: row for row in _INDEX if row["kind"] == "pt_nm_image"}
WITHOUT_ACTIVITY = {name for name, row in IMAGES.items() if "RadionuclideTotalDose" not in row["key_values"]}


def key_value(name: str, keyword: str) -> str | None:
    """The index writes key values as "keyword=value; ..."."""
    found = re.search(rf"(?:^|; ){keyword}=([^;]*)", IMAGES[name]["key_values"])
    return found[1] if found else None


def number(name: str, keyword: str) -> float | None:
    value = key_value(name, keyword)
    return None if value is None else float(value)


def moment(stated: str | None) -> datetime | None:
    return datetime.strptime(stated[:14], "%Y%m%d%H%M%S") if stated else None  # noqa: DTZ007 - a local time as stated


def read(name: str) -> NuclearReport:
    return read_as(NuclearReport, (CORPUS / name).read_bytes())


@needs_corpus
@pytest.mark.real_dicom
class TestRadiopharmaceuticalReport:
    def test_gives_the_expected_administration(self) -> None:
        report, expected = read(REPORT), _EXPECTED[REPORT]
        (event,), (oracle,) = report.events, expected["nm"]

        assert (report.sop_instance_uid, report.study_instance_uid) == (expected["sop_uid"], expected["study_uid"])
        assert event.agent_code is not None
        assert f"{event.agent_code.value}|{event.agent_code.meaning}" == oracle["agent"]
        assert (event.event_uid, event.start) == (oracle["uid"], moment(oracle["start"]))
        assert event.administered_activity_mbq == oracle["activity_MBq"]
        assert event.effective_dose_msv == oracle["effective_dose_mSv"]
        assert len(event.organ_doses) == oracle["organ_doses"]
        assert {dose.method for dose in event.organ_doses} == {"ICRP Publication 128"}
        assert len(report.estimates) == oracle["organ_doses"] + 1
        assert report.warnings == ()

    def test_names_nobody_as_the_one_who_administered(self) -> None:
        """Siemens Biograph writes "Unknown"."""
        assert read(REPORT).events[0].administered_by is None


@needs_corpus
@pytest.mark.real_dicom
class TestImages:
    def test_are_all_there(self) -> None:
        assert len(IMAGES) == 10
        assert {f"pt_nm_image/{path.name}" for path in (CORPUS / "pt_nm_image").iterdir()} == set(IMAGES)

    @pytest.mark.parametrize("name", sorted(set(IMAGES) - WITHOUT_ACTIVITY))
    def test_give_the_key_values_of_the_index(self, name: str) -> None:
        report = read(name)
        (event,) = report.events
        activity = number(name, "RadionuclideTotalDose")
        size_m = number(name, "PatientSize")

        assert activity is not None
        in_bq = IMAGES[name]["modality"] == "PT"
        assert event.administered_activity_mbq == pytest.approx(activity / 1e6 if in_bq else activity, rel=1e-12)
        assert event.agent == key_value(name, "Radiopharmaceutical")
        assert event.half_life_s == number(name, "RadionuclideHalfLife")
        assert event.start == moment(key_value(name, "RadiopharmaceuticalStartDateTime"))
        assert report.patient.weight_kg == number(name, "PatientWeight")
        assert report.patient.size_cm == (None if size_m is None else pytest.approx(size_m * 100))
        assert report.warnings == ()

    @pytest.mark.parametrize("name", sorted(WITHOUT_ACTIVITY))
    def test_without_a_radiopharmaceutical_are_no_dose(self, name: str) -> None:
        with pytest.raises(NotDoseError, match="no radiopharmaceutical"):
            read_dose((CORPUS / name).read_bytes())


@needs_corpus
@pytest.mark.real_dicom
class TestExamination:
    """Of one Siemens Biograph examination there are a report and three images, two of them of one series."""

    FILES = (REPORT, *(f"pt_nm_image/openREM__NM-PetIm-Siemens{end}.dcm" for end in ("", "-3", "-3-sameseries")))

    def test_has_one_administration_which_the_report_states(self) -> None:
        statements = [Statement(key=name, report=read(name)) for name in self.FILES]
        assert len({statement.report.study_instance_uid for statement in statements}) == 1

        (one,), left_out = administrations_of(statements)

        assert (one.source, one.statements[0], set(one.statements)) == (Source.RDSR, REPORT, set(self.FILES))
        assert one.administration.administered_activity_mbq == 394
        assert one.administration.start == moment("20220224104030")
        assert one.notes == ("images state the start as 2022-02-24T10:48:30",)
        assert left_out == ()

    def test_is_counted_once_from_its_images_too(self) -> None:
        (one,), _ = administrations_of([Statement(key=name, report=read(name)) for name in self.FILES[1:]])

        assert one.administration.administered_activity_mbq == 394

    def test_of_two_spect_images_of_one_acquisition_has_one_administration(self) -> None:
        names = [f"pt_nm_image/openREM__NM-NmIm-Siemens-s1-{n}.dcm" for n in (1, 2)]

        (one,), _ = administrations_of([Statement(key=name, report=read(name)) for name in names])

        assert (one.administration.administered_activity_mbq, one.notes) == (320, ())
