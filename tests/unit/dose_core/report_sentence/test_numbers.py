"""Every number of a sentence is a number of the ledger, in its unit: over generated totals, in each language."""

import re
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.report_sentence.sentences import sentences_of
from dose_core.report_sentence.wording import languages, wording_of
from tests.builders.exams import EXAM
from tests.builders.totals import total

# By the words of the ledger (dose_core.ledger.totals): the unit of each quantity, as SI writes it.
UNITS = {
    Quantity.DLP: "mGy·cm",
    Quantity.CTDI_VOL_MAX: "mGy",
    Quantity.DAP: "Gy·cm²",
    Quantity.KA_R: "mGy",
    Quantity.FLUORO_TIME: "s",
    Quantity.AGD: "mGy",
    Quantity.ACTIVITY: "MBq",
}
PARTS = {
    Quantity.CTDI_VOL_MAX: ("160", "320", "unknown"),
    Quantity.KA_R: ("a", "b"),
    Quantity.AGD: ("L", "R"),
    Quantity.ACTIVITY: ("F-18 FDG", "Tc-99m MDP"),
}
VALUES = st.decimals(min_value=0, max_value=10**6, places=4).map(float) | st.none()


@st.composite
def totals(draw: st.DrawFn) -> tuple[Total, ...]:
    """Return a total of each quantity, or of each part where it has parts."""
    made = []
    for quantity in UNITS:
        for part in PARTS.get(quantity, (None,)):
            value = draw(VALUES)
            missing = draw(st.integers(min_value=0, max_value=3)) if value is not None else 1
            basis = draw(st.sampled_from((Basis.STATED_TOTAL, Basis.SUM_OF_EVENTS, Basis.ACQUISITIONS_ONLY)))
            made.append(total(quantity, value, of=part, basis=basis, missing=missing))
    return tuple(made)


def stated(text: str, language: str) -> list[tuple[Decimal, str]]:
    """Return the numbers with a unit of dose, activity or time that a text has."""
    mark = {"en": ".", "de": ","}[language]
    found = re.findall(rf"([0-9]+(?:\{mark}[0-9]+)?) (mGy·cm|Gy·cm²|mGy|MBq|s)(?![\w·²])", text)
    return sorted((Decimal(number.replace(mark, ".")), unit) for number, unit in found)


@pytest.mark.parametrize("language", languages())
@settings(derandomize=True, deadline=None, max_examples=60)
@given(its=totals())
def test_a_sentence_states_the_totals_and_nothing_else(language: str, its: tuple[Total, ...]) -> None:
    exam = replace(EXAM, totals=its, modalities=("CT", "MG", "PT", "XA"))

    text = " ".join(one.text for one in sentences_of(exam, wording_of(language), zone=ZoneInfo("Europe/Berlin")))

    known = [(Decimal(str(one.value)).normalize(), UNITS[one.quantity]) for one in its if one.value is not None]
    assert [(number.normalize(), unit) for number, unit in stated(text, language)] == sorted(known)
    unknown = {"en": "unknown", "de": "unbekannt"}[language]
    least = {"en": "at least", "de": "mindestens"}[language]
    assert text.count(unknown) == len(its) - len(known)
    bounds = [one for one in its if one.value is not None and (one.missing or one.basis is Basis.ACQUISITIONS_ONLY)]
    assert text.count(least) == len(bounds)
