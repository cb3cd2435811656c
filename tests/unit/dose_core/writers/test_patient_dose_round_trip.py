"""What our reader reads of a written patient dose report is what the methods said, of whatever kind that is."""

from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dose_core.dosimetry.estimate import Interval
from dose_core.dosimetry.factors import rows
from dose_core.model import DoseReport, StatedEstimate
from dose_core.writers.part10 import to_part10
from dose_core.writers.patient_dose_sr import kind_of, write_patient_dose_sr
from dose_core.writers.patient_dose_values import PatientDose
from dose_core.writers.templates.check import broken_rows
from dose_core.writers.templates.values import words
from tests.builders.patient_doses import EXAM, FIRST, SECOND, STATEMENT, estimated, organ, used_report
from tests.builders.written import header, issue
from tests.support.content import items, numbers
from tests.support.read_as import read_as

_PHASES: Any = [Phase.explicit, Phase.generate]
_FEW = settings(max_examples=30, deadline=None, derandomize=True, phases=_PHASES)
_MANY = settings(max_examples=100, deadline=None, derandomize=True, phases=_PHASES)
_DIGITS = 1e-9  # a report holds ten digits
_ORGANS = sorted({row["organ"] for row in rows("ct_organ_dose_per_dlp")})
# Method, quantity, unit, parts, and what the reader calls the quantity.
_KINDS = {
    "organ_dose": ("ct-organ-dose", "organ_dose_mgy", "mGy", tuple(_ORGANS)),
    "ssde": ("ct-ssde", "ssde_mgy", "mGy", (None,)),
    "skin_dose": ("skin-dose-map", "peak_skin_dose_mgy", "mGy", (None,)),
    "effective_dose": ("ct-effective-dose-icrp103", "effective_dose_msv", "mSv", (None, "administered", "projection")),
    "breast": ("mammography-agd-by-dance", "agd_mgy", "mGy", ("L", "R", None)),
}


@st.composite
def said(draw: st.DrawFn, word: str) -> list[PatientDose]:
    """Return what a method says of the events of an exam, and of the whole only beside both of them."""
    method, quantity, unit, parts = _KINDS[word]
    events = [FIRST, SECOND, *draw(st.lists(st.sampled_from([FIRST, SECOND, None]), max_size=4))]
    doses = []
    for event in events:
        thousandths = draw(st.integers(0, 10_000_000))
        low = thousandths * draw(st.integers(0, 10)) / 10_000
        high = thousandths * draw(st.integers(1, 50)) / 1000
        bounds = Interval(low=low, high=high, coverage=draw(st.sampled_from([None, 0.95])), source="a paper")
        estimate = estimated(thousandths / 1000, unit, method, interval=bounds)
        of = draw(st.sampled_from(parts))
        doses.append(PatientDose(quantity=quantity, of=of, event_uid=event, estimate=estimate))
    return doses


def agrees(doses: list[PatientDose], word: str) -> None:
    """Assert that what is read is what was written, dose by dose."""
    document = write_patient_dose_sr(
        EXAM,
        doses,
        header(),
        issue(kind_of(doses[0].estimate.method_id)),
        reports=(used_report(FIRST, SECOND),),
        effective_dose_statement=STATEMENT,
    )
    read = read_as(DoseReport, to_part10(document))

    assert broken_rows(document) == ()
    assert (read.our_own, read.warnings) == (True, ())
    assert [one.event_uid for one in read.estimates] == [one.event_uid for one in doses]
    assert [one.value for one in read.estimates] == [pytest.approx(one.estimate.value, rel=_DIGITS) for one in doses]
    assert {one.unit for one in read.estimates} == {one.estimate.unit for one in doses}
    assert {one.quantity for one in read.estimates} == {"organ_dose" if word == "breast" else word}
    assert [_place(one) for one in read.estimates] == [_written_place(one, word) for one in doses]
    scale = 1 if word in {"ssde", "effective_dose"} else 1000  # absorbed doses stand in Gy
    (estimate,) = items(document, "128402")
    below = [one.estimate.value - one.estimate.interval.low for one in doses]
    assert numbers(estimate, "371885007") == [pytest.approx(one / scale, rel=_DIGITS) for one in below]


def _place(read: StatedEstimate) -> tuple[str | None, str | None]:
    return read.organ, read.laterality


def _written_place(dose: PatientDose, word: str) -> tuple[str | None, str | None]:
    name = {"organ_dose": dose.of, "skin_dose": "skin", "breast": "breasts"}.get(word)
    code = words("10060").get(name or "")
    return code.meaning if code else name, dose.of if word == "breast" else None


@pytest.mark.parametrize("word", _KINDS)
def test_reading_gives_what_was_written(word: str) -> None:
    _FEW(given(said(word))(lambda doses: agrees(doses, word)))()


@pytest.mark.slow
@pytest.mark.parametrize("word", _KINDS)
def test_reading_gives_what_was_written_in_five_hundred_exams_a_hundred_for_each_method(word: str) -> None:
    _MANY(given(said(word))(lambda doses: agrees(doses, word)))()


def test_an_organ_that_is_named_twice_stands_twice() -> None:
    doses = [organ("lungs", 1.0, FIRST), organ("lungs", 1.0, FIRST)]
    document = write_patient_dose_sr(
        EXAM, doses, header(), issue(kind_of("ct-organ-dose")), reports=(used_report(FIRST),)
    )

    assert len(read_as(DoseReport, to_part10(document)).estimates) == 2
