"""Tests of the table of templates against the dictionary that pydicom derives from PS3.16."""

from typing import cast

import pytest
from pydicom.sr._concepts_dict import concepts as dictionary

from dose_core.model import EventType, Plane
from dose_core.readers.nuclear.codes import PATIENT_HEIGHT, PATIENT_WEIGHT
from dose_core.writers.templates import ROWS, rows_of
from dose_core.writers.templates.conditions import CONDITIONS
from dose_core.writers.templates.tree import tree_of
from dose_core.writers.templates.values import members, words


def _entries(scheme: str) -> list[tuple[str, str, list[int]]]:
    entries = cast("dict[str, dict[str, tuple[str, list[int]]]]", dictionary[scheme])  # pydicom leaves it untyped
    return [(value, meaning, groups) for entry in entries.values() for value, (meaning, groups) in entry.items()]


def _listed(scheme: str) -> list[tuple[str, str]]:
    return [(value, meaning) for value, meaning, _ in _entries(scheme)]


class TestTable:
    def test_every_concept_is_in_the_standard_under_its_meaning(self) -> None:
        """
        Of SNOMED CT the code only: PS3.16 prints its terms in words of its own, pydicom in those of SNOMED.

        Of LOINC pydicom has none of these; they are those of real reports, which our reader knows.
        """
        meanings = {(scheme, value): meaning for scheme in ("DCM", "SCT") for value, meaning in _listed(scheme)}
        ours = {(row.concept.scheme, row.concept.value): row.concept.meaning or "-" for row in ROWS if row.concept}
        of_loinc = {concept for concept in ours if concept[0] == "LN"}

        assert {(value, scheme) for scheme, value in of_loinc} == PATIENT_HEIGHT.codes | PATIENT_WEIGHT.codes
        for concept in of_loinc:
            del ours[concept]
        assert set(ours) <= set(meanings)
        assert [c for c, m in ours.items() if c[0] == "DCM" and not meanings[c].startswith(m)] == []

    def test_every_number_has_a_unit_and_nothing_else_has(self) -> None:
        assert [row for row in ROWS if (row.unit is not None) is not (row.value_type == "NUM")] == []

    def test_every_condition_is_known_and_asked_for(self) -> None:
        assert {row.condition for row in ROWS if row.condition} == set(CONDITIONS)

    def test_what_depends_on_a_condition_names_it(self) -> None:
        """Breast composition apart, of which the rules know only that one of its two rows is to stand."""
        conditional = {row.tid for row in ROWS if row.requirement in {"MC", "UC"} and row.condition is None}

        assert conditional == {"4007"}

    def test_every_row_tells_where_it_was_read(self) -> None:
        assert [row for row in ROWS if not row.seen] == []

    def test_every_included_template_is_there(self) -> None:
        assert [row.includes for row in ROWS if row.includes and not rows_of(row.includes)] == []
        assert tree_of("10001")[0].below
        assert tree_of("10011")[0].below

    def test_the_titles_of_rejection_notes_are_known(self) -> None:
        """The group is that of pydicom's dictionary, whole."""
        group = {value for value, _, groups in _entries("DCM") if 7010 in groups}

        assert {one.code.value for one in members("7010")} == group

    def test_an_unknown_template_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            rows_of("99999")


class TestValues:
    def test_every_plane_and_event_type_of_the_model_has_its_code(self) -> None:
        assert set(words("10003")) == set(Plane)
        assert set(words("10002")) == set(EventType)

    def test_codes_before_snomed_ct_are_known(self) -> None:
        assert [one.legacy for one in members("10002") if one.word == "fluoroscopy"] == [("P5-06000", "SRT")]

    def test_a_group_of_anatomy_is_not_in_the_table(self) -> None:
        assert members("4031") == ()
