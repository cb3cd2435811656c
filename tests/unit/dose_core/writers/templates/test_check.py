"""Tests of dose_core.writers.templates.check: sound reports pass, each broken row is named."""

from collections.abc import Callable
from copy import deepcopy
from io import BytesIO

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from dose_core.writers import concepts as c
from dose_core.writers.ct_rdsr import KIND, write_ct_rdsr
from dose_core.writers.items import code, text
from dose_core.writers.part10 import to_part10
from dose_core.writers.templates.check import UnknownTemplateError, broken_rows
from tests.builders.ct_exam import image_event, image_exam, localizer, source_study, whole
from tests.builders.written import header, issue
from tests.builders.written_ct import full_ct


@pytest.fixture(name="ct")
def ct_fixture() -> Dataset:
    """Return a CT report of a localizer and two spirals with different phantoms, as a file has it."""
    exam = image_exam(localizer(), image_event(), image_event("2.25.7", phantom_diameter_mm=160))
    report = write_ct_rdsr(whole(exam), source_study(), issue(KIND))
    return dcmread(BytesIO(to_part10(report)))


def first(dataset: Dataset, value: str) -> tuple[Dataset, Dataset]:
    """Return the first item of a concept, and the item above it."""
    found = _find(dataset, value)
    assert found is not None
    return found


def _find(dataset: Dataset, value: str) -> tuple[Dataset, Dataset] | None:
    for item in dataset.get("ContentSequence", []):
        if item.ConceptNameCodeSequence[0].CodeValue == value:
            return item, dataset
        below = _find(item, value)
        if below is not None:
            return below
    return None


def without(value: str) -> Callable[[Dataset], None]:
    """Return what takes the first item of a concept away."""

    def change(dataset: Dataset) -> None:
        item, above = first(dataset, value)
        above.ContentSequence = [one for one in above.ContentSequence if one is not item]

    return change


def twice(value: str) -> Callable[[Dataset], None]:
    """Return what repeats the first item of a concept."""

    def change(dataset: Dataset) -> None:
        item, above = first(dataset, value)
        above.ContentSequence = [*above.ContentSequence, deepcopy(item)]

    return change


def with_values(value: str, **values: str) -> Callable[[Dataset], None]:
    """Return what changes attributes of the first item of a concept."""

    def change(dataset: Dataset) -> None:
        for keyword, one in values.items():
            setattr(first(dataset, value)[0], keyword, one)

    return change


def with_unit(dataset: Dataset) -> None:
    """Say the total dose-length product in Gy.cm."""
    measured = first(dataset, "113813")[0].MeasuredValueSequence[0]
    measured.MeasurementUnitsCodeSequence[0].CodeValue = "Gy.cm"


def without_qualifier(dataset: Dataset) -> None:
    """Leave open why there is no exposure time."""
    del first(dataset, "113824")[0].NumericValueQualifierCodeSequence


def without_digits(dataset: Dataset) -> None:
    """State a total that is no number."""
    first(dataset, "113813")[0].MeasuredValueSequence[0].NumericValue = None


def with_pitch_of_a_localizer(dataset: Dataset) -> None:
    """State a pitch where nothing turns."""
    pitch, _ = first(dataset, "113828")
    parameters, _ = first(dataset, "113822")
    parameters.ContentSequence = [*parameters.ContentSequence, deepcopy(pitch)]


def with_foreign_type(dataset: Dataset) -> None:
    """Call an acquisition by a code of DICOM that is no acquisition type."""
    first(dataset, "113820")[0].ConceptCodeSequence = [code(c.DEVICE)]


def with_text_as_type(dataset: Dataset) -> None:
    """Name the region in words, where a code belongs."""
    _, above = first(dataset, "123014")
    above.ContentSequence = [
        text(c.TARGET_REGION, "chest") if one.ConceptNameCodeSequence[0].CodeValue == "123014" else one
        for one in above.ContentSequence
    ]


class TestBrokenRows:
    def test_a_sound_report_breaks_none(self, ct: Dataset) -> None:
        assert broken_rows(ct) == ()

    @pytest.mark.parametrize(
        ("change", "row", "problem"),
        [
            pytest.param(without("121058"), ("10011", "2"), "is missing", id="no procedure"),
            pytest.param(without("363703001"), ("10011", "3"), "is missing", id="no intent"),
            pytest.param(without("113809"), ("10011", "5"), "is missing", id="no start"),
            pytest.param(without("110180"), ("10011", "8"), "is missing", id="no UID of the scope"),
            pytest.param(without("113854"), ("10011", "12"), "is missing", id="no source"),
            pytest.param(without("121012"), ("1004", "1"), "is missing", id="an observer without UID"),
            pytest.param(without("113811"), ("10012", "1"), "is missing", id="no totals"),
            pytest.param(without("113835"), ("10012", "3b"), "is missing", id="a sub-total without phantom"),
            pytest.param(without("113878"), ("1021", "3"), "is missing", id="a device without maker"),
            pytest.param(without("113820"), ("10013", "4"), "is missing", id="no acquisition type"),
            pytest.param(without("113825"), ("10014", "1"), "is missing", id="no scanned length"),
            pytest.param(without("113834"), ("10013", "19"), "is missing", id="a spiral without rotation time"),
            pytest.param(without("113829"), ("10013", "21"), "is missing", id="a spiral without dose"),
            pytest.param(twice("113810"), ("10011", "6"), "stands 2 times", id="two ends"),
            pytest.param(
                with_values("113809", RelationshipType="CONTAINS"), ("10011", "5"), "relationship", id="place"
            ),
            pytest.param(with_unit, ("10012", "3"), "unit Gy.cm instead of mGy.cm", id="a wrong unit"),
            pytest.param(without_qualifier, ("10013", "8"), "nor a reason", id="an empty number"),
            pytest.param(with_pitch_of_a_localizer, ("10013", "12"), "not allowed", id="a forbidden row"),
            pytest.param(with_foreign_type, ("10013", "4"), "121007", id="a code of another group"),
            pytest.param(with_text_as_type, ("10013", "3"), "value type TEXT", id="a wrong value type"),
        ],
    )
    def test_names_the_row(
        self, ct: Dataset, change: Callable[[Dataset], None], row: tuple[str, str], problem: str
    ) -> None:
        change(ct)

        assert any((one.tid, one.row) == row and problem in one.problem for one in broken_rows(ct)), broken_rows(ct)

    def test_tells_where_it_is(self, ct: Dataset) -> None:
        with_unit(ct)

        (broken,) = broken_rows(ct)
        item = ct
        for number in broken.path.split(".")[1:]:
            item = item.ContentSequence[int(number) - 1]
        assert item.ConceptNameCodeSequence[0].CodeValue == "113813"

    def test_a_number_without_digits_is_for_other_validators(self, ct: Dataset) -> None:
        without_digits(ct)

        assert broken_rows(ct) == ()

    def test_an_item_of_ones_own_breaks_nothing(self, ct: Dataset) -> None:
        """The templates are extensible."""
        ct.ContentSequence = [*ct.ContentSequence, text(c.EXPOSURE_TIME, "no row has it there")]

        assert broken_rows(ct) == ()

    def test_a_code_before_snomed_ct_is_read_as_that_of_today(self, ct: Dataset) -> None:
        concept = first(ct, "363703001")[0].ConceptNameCodeSequence[0]
        concept.CodeValue, concept.CodingSchemeDesignator = "G-C0E8", "SRT"

        assert broken_rows(ct) == ()

    @pytest.mark.parametrize("tid", [None, "2000"])
    def test_a_document_of_another_template_is_refused(self, ct: Dataset, tid: str | None) -> None:
        if tid is None:
            del ct.ContentTemplateSequence
        else:
            ct.ContentTemplateSequence[0].TemplateIdentifier = tid

        with pytest.raises(UnknownTemplateError):
            broken_rows(ct)


@pytest.fixture(name="checked")
def checked_fixture() -> Dataset:
    """Return a CT report with an alert and a notification that were exceeded, as a file has it."""
    return dcmread(BytesIO(to_part10(write_ct_rdsr(full_ct(), header(), issue(KIND)))))


def with_forward_dlp(value: str) -> Callable[[Dataset], None]:
    """Return what lets the accumulated DLP and CTDIvol of the alert be foreseen at this value."""

    def change(dataset: Dataset) -> None:
        for concept in ("113905", "113906"):
            first(dataset, concept)[0].MeasuredValueSequence[0].NumericValue = value

    return change


class TestDoseCheck:
    """PS3.16, TID 10015."""

    def test_a_sound_report_breaks_none(self, checked: Dataset) -> None:
        assert broken_rows(checked) == ()

    @pytest.mark.parametrize(
        ("change", "row", "problem"),
        [
            pytest.param(without("113901"), ("10015", "2"), "is missing", id="nothing said of a DLP value"),
            pytest.param(without("113903"), ("10015", "4"), "is missing", id="a configured value that is not told"),
            pytest.param(without("113870"), ("1020", "1"), "is missing", id="nobody who went on"),
            pytest.param(without("113875"), ("1020", "2"), "is missing", id="a person without a role"),
            pytest.param(with_forward_dlp("1"), ("10015", "8"), "not allowed", id="a reason for what was not exceeded"),
            pytest.param(without("370129005"), ("10013", "31"), "is missing", id="an SSDE without a method"),
        ],
    )
    def test_names_the_row(
        self, checked: Dataset, change: Callable[[Dataset], None], row: tuple[str, str], problem: str
    ) -> None:
        change(checked)

        assert [one for one in broken_rows(checked) if (one.tid, one.row) == row and problem in one.problem]

    def test_a_person_may_stand_where_nothing_was_exceeded(self, checked: Dataset) -> None:
        """Row 9 says IF, row 18 IFF."""
        with_forward_dlp("1")(checked)

        assert {one.row for one in broken_rows(checked)} == {"8"}
