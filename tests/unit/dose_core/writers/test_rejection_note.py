"""Tests of dose_core.writers.rejection_note; each note made here is shown to validators that are not ours."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from dose_core.own import OUR_MANUFACTURER
from dose_core.writers.document import Evidence
from dose_core.writers.errors import NotWritableError
from dose_core.writers.part10 import to_part10
from dose_core.writers.rejection_note import KIND, write_rejection_note
from dose_core.writers.templates.check import broken_rows
from tests.builders.statements import STUDY
from tests.builders.written import header, issue
from tests.support.content import coded, judged, texts
from tests.support.dciodvfy import dsrdump

Write = Callable[..., Dataset]
X_RAY_DOSE, PATIENT_DOSE = "1.2.840.10008.5.1.4.1.1.88.67", "1.2.840.10008.5.1.4.1.1.88.73"
REPORT = Evidence(
    study_instance_uid=STUDY,
    series_instance_uid="2.25.11",
    sop_class_uid=X_RAY_DOSE,
    sop_instance_uid="2.25.12",
)
ESTIMATE = replace(REPORT, series_instance_uid="2.25.21", sop_class_uid=PATIENT_DOSE, sop_instance_uid="2.25.22")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a note that validators have judged."""

    def written(*rejected: Evidence) -> Dataset:
        return judged(write_rejection_note(rejected, header(), issue(KIND)), tmp_path)

    return written


class TestNote:
    def test_it_is_a_key_object_selection_that_rejects(self, write: Write) -> None:
        note = write(REPORT)

        assert note.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.59"
        assert note.Modality == "KO"
        title = note.ConceptNameCodeSequence[0]
        assert (title.CodeValue, title.CodingSchemeDesignator) == ("113037", "DCM")
        assert note.ContentTemplateSequence[0].TemplateIdentifier == "2010"

    def test_each_withdrawn_object_stands_in_the_tree_and_in_the_evidence(self, write: Write) -> None:
        note = write(REPORT, ESTIMATE)

        named = [item.ReferencedSOPSequence[0] for item in note.ContentSequence if item.ValueType == "COMPOSITE"]
        both = [(X_RAY_DOSE, "2.25.12"), (PATIENT_DOSE, "2.25.22")]
        assert [(one.ReferencedSOPClassUID, one.ReferencedSOPInstanceUID) for one in named] == both
        (study,) = note.CurrentRequestedProcedureEvidenceSequence
        assert study.StudyInstanceUID == STUDY
        series = study.ReferencedSeriesSequence
        assert [one.SeriesInstanceUID for one in series] == ["2.25.11", "2.25.21"]
        objects = [one for part in series for one in part.ReferencedSOPSequence]
        assert [(one.ReferencedSOPClassUID, one.ReferencedSOPInstanceUID) for one in objects] == both

    def test_it_lies_in_the_study_of_the_patient_and_names_its_author(self, write: Write) -> None:
        note = write(REPORT)

        assert note.StudyInstanceUID == STUDY
        assert note.PatientID == header().patient_id
        assert note.Manufacturer == OUR_MANUFACTURER
        assert coded(note, "121005") == ["121007"]
        assert texts(note, "113012") == [
            "Withdrawn by DoseLedger, which wrote it: its values must not be counted any more."
        ]

    def test_dcmtk_reads_the_title_and_the_object(self, tmp_path: Path) -> None:
        shown = dsrdump(to_part10(write_rejection_note((REPORT,), header(), issue(KIND))), tmp_path)

        assert "Rejected for Patient Safety Reasons" in shown
        assert "contains COMPOSITE" in shown

    def test_the_same_withdrawal_gives_the_same_note(self) -> None:
        notes = [to_part10(write_rejection_note((REPORT,), header(), issue(KIND))) for _ in range(2)]

        assert notes[0] == notes[1]


class TestRefusals:
    @pytest.mark.parametrize(
        ("rejected", "missing"),
        [
            pytest.param((), "an object", id="nothing"),
            pytest.param((replace(REPORT, study_instance_uid="1.2.3"),), "of the study", id="another study"),
            pytest.param((replace(REPORT, sop_instance_uid="1.02"),), "valid UIDs", id="a broken UID"),
        ],
    )
    def test_names_what_is_wrong(self, rejected: tuple[Evidence, ...], missing: str) -> None:
        with pytest.raises(NotWritableError, match=missing):
            write_rejection_note(rejected, header(), issue(KIND))

    def test_a_header_value_that_cannot_be_repeated_is_named(self) -> None:
        with pytest.raises(NotWritableError, match="AccessionNumber"):
            write_rejection_note((REPORT,), header(accession_number="A" * 17), issue(KIND))


class TestTable:
    def test_a_note_without_an_object_breaks_row_10(self) -> None:
        note = dcmread(BytesIO(to_part10(write_rejection_note((REPORT,), header(), issue(KIND)))))
        note.ContentSequence = [item for item in note.ContentSequence if item.ValueType != "COMPOSITE"]

        assert [(one.tid, one.row, one.problem) for one in broken_rows(note)] == [("2010", "10", "is missing")]
