"""Tests of dose_core.readers.rejection_note: which objects an archive takes back."""

from typing import Any

import pytest

from dose_core.model import Kind, RejectionNote
from dose_core.own import OUR_MANUFACTURER
from dose_core.readers.errors import NotDoseError
from dose_core.readers.registry import read_dose
from dose_core.writers.document import Evidence
from dose_core.writers.part10 import to_part10
from dose_core.writers.rejection_note import KIND, write_rejection_note
from tests.builders.rejection_note import OF_INTEREST, WRONG_WORKLIST_ENTRY, rejection_note_bytes
from tests.builders.statements import STUDY
from tests.builders.written import header, issue
from tests.support.read_as import read_as


class TestANote:
    def test_names_the_objects_and_the_reason(self) -> None:
        note = read_as(RejectionNote, rejection_note_bytes("2.25.7", "2.25.8", title=WRONG_WORKLIST_ENTRY))

        assert note.kind is Kind.REJECTION_NOTE
        assert note.rejected == ("2.25.7", "2.25.8")
        assert (note.reason.value, note.reason.scheme) == ("113038", "DCM")
        assert note.patient.id == "P-1"
        assert not note.our_own

    @pytest.mark.parametrize("left", ["ContentSequence", "CurrentRequestedProcedureEvidenceSequence"])
    def test_is_understood_if_only_its_tree_or_its_evidence_names_them(self, left: str) -> None:
        both = ("ContentSequence", "CurrentRequestedProcedureEvidenceSequence")
        emptied: dict[str, Any] = {name: [] for name in both if name != left}

        assert read_as(RejectionNote, rejection_note_bytes("2.25.7", **emptied)).rejected == ("2.25.7",)

    def test_that_names_nothing_says_so(self) -> None:
        note = read_as(RejectionNote, rejection_note_bytes())

        assert note.rejected == ()
        assert [one.problem for one in note.warnings] == ["names no object"]

    def test_of_our_own_is_known_as_ours(self) -> None:
        report = Evidence(
            study_instance_uid=STUDY, series_instance_uid="2.25.1", sop_class_uid="1.2.3", sop_instance_uid="2.25.2"
        )

        note = read_as(RejectionNote, to_part10(write_rejection_note((report,), header(), issue(KIND))))

        assert note.our_own
        assert note.device.manufacturer == OUR_MANUFACTURER
        assert (note.reason.value, note.rejected) == ("113037", ("2.25.2",))


class TestOtherSelections:
    def test_of_key_images_state_no_dose(self) -> None:
        with pytest.raises(NotDoseError, match="113000"):
            read_dose(rejection_note_bytes("2.25.7", title=OF_INTEREST))

    def test_with_a_code_of_another_scheme_reject_nothing(self) -> None:
        with pytest.raises(NotDoseError):
            read_dose(rejection_note_bytes("2.25.7", title=("113001", "99ACME", "Rejected")))
