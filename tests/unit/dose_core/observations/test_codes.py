"""Tests of dose_core.observations.codes. The codes are those of LOINC, its answer list LL4129-4, and SNOMED CT."""

import pytest

from dose_core.observations.codes import LocalCodes, UnusableCodeError, observed_by, pregnancy_of
from dose_core.observations.values import Observed, Pregnancy


@pytest.mark.parametrize("system", ["LN", "ln", "", "LOINC"])
def test_knows_the_codes_of_loinc(system: str) -> None:
    assert observed_by("29463-7", system) is Observed.BODY_WEIGHT
    assert observed_by("3141-9", system) is Observed.BODY_WEIGHT
    assert observed_by("8302-2", system) is Observed.BODY_HEIGHT
    assert observed_by("3137-7", system) is Observed.BODY_HEIGHT
    assert observed_by("8287-5", system) is Observed.HEAD_CIRCUMFERENCE
    assert observed_by("82810-3", system) is Observed.PREGNANCY
    assert observed_by("11449-6", system) is Observed.PREGNANCY


def test_takes_no_code_of_another_system_for_one_of_loinc() -> None:
    assert observed_by("29463-7", "99HIS") is None


def test_knows_the_codes_of_the_site_with_and_without_their_system() -> None:
    local = LocalCodes(stated=("WT=body_weight", "GR^99HIS=body_height"))

    assert observed_by("WT", "anything", local) is Observed.BODY_WEIGHT
    assert observed_by("GR", "99HIS", local) is Observed.BODY_HEIGHT
    assert observed_by("GR", "99LAB", local) is None


@pytest.mark.parametrize("code", ["WT", "WT=weight", "=body_weight", ""])
def test_refuses_a_local_code_that_is_not_written_so(code: str) -> None:
    with pytest.raises(UnusableCodeError):
        LocalCodes(stated=(code,))


@pytest.mark.parametrize(
    ("answers", "pregnancy"),
    [
        (("LA15173-0", "Pregnant"), Pregnancy.PREGNANT),
        (("LA26683-5", ""), Pregnancy.NOT_PREGNANT),
        (("LA4489-6",), Pregnancy.UNKNOWN),
        (("77386006", ""), Pregnancy.PREGNANT),
        (("60001007", ""), Pregnancy.NOT_PREGNANT),
        (("Y", ""), Pregnancy.PREGNANT),
        (("", "Nicht schwanger"), Pregnancy.NOT_PREGNANT),
        (("99", "perhaps"), None),
    ],
)
def test_knows_the_usual_answers(answers: tuple[str, ...], pregnancy: Pregnancy | None) -> None:
    assert pregnancy_of(answers) is pregnancy
