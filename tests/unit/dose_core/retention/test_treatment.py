"""Tests of dose_core.retention.treatment."""

from dataclasses import replace

import pytest

from dose_core.model import Administration
from dose_core.retention.treatment import may_be_treatment
from tests.builders.exams import EXAM, counted, ct


@pytest.mark.parametrize(
    ("radionuclide", "intents"),
    [
        ("^131^Iodine", ()),
        ("^18^Fluorine", ("Therapeutic Intent",)),
        ("^177^Lutetium", ("Diagnostic Intent", "Therapeutic Intent")),
        (None, ()),
    ],
)
def test_an_administration_may_treat_if_intent_or_nuclide_say_so_or_nothing_does(
    radionuclide: str | None, intents: tuple[str, ...]
) -> None:
    given = Administration(radionuclide=radionuclide, administered_activity_mbq=100.0)

    assert may_be_treatment(replace(EXAM, nuclear=counted(given), intents=intents))


@pytest.mark.parametrize(
    ("radionuclide", "intents"),
    [("^18^Fluorine", ()), ("99m Technetium", ()), ("^131^Iodine", ("Diagnostic Intent",))],
)
def test_an_administration_for_diagnosis_treats_nobody(radionuclide: str, intents: tuple[str, ...]) -> None:
    given = Administration(radionuclide=radionuclide, administered_activity_mbq=100.0)

    assert not may_be_treatment(replace(EXAM, nuclear=counted(given), intents=intents))


def test_x_rays_treat_nobody_whatever_the_intent_of_the_procedure() -> None:
    assert not may_be_treatment(replace(ct(), intents=("Therapeutic Intent",)))


@pytest.mark.parametrize(("radionuclide", "treats"), [("^177^Lutetium", True), ("^18^Fluorine", False)])
def test_a_ct_that_looks_for_a_diagnosis_says_nothing_of_what_was_administered(
    radionuclide: str, *, treats: bool
) -> None:
    """After a therapy with lutetium a SPECT/CT shows where it went; images of it state no intent, the CT does."""
    given = Administration(radionuclide=radionuclide, administered_activity_mbq=7400.0)

    assert may_be_treatment(replace(ct(), nuclear=counted(given), intents=("Diagnostic Intent",))) is treats
