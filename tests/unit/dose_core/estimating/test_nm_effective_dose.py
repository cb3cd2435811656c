"""Tests of dose_core.estimating.nm_effective_dose: what is said of each administration and of all together."""

import pytest

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.estimating.case import Outcome
from dose_core.estimating.nm_effective_dose import NmEffectiveDose
from dose_core.model import Administration
from tests.builders.estimation_exams import STATEMENT, nuclear_case, projection_case

FDG = Administration(agent="FDG", radionuclide="F-18", administered_activity_mbq=200.0, event_uid="2.25.701")
REST = Administration(agent="Sestamibi", radionuclide="99m Technetium", administered_activity_mbq=250.0)
UNKNOWN = Administration(agent="an invented tracer", radionuclide="F-18", administered_activity_mbq=100.0)


def outcomes(*administrations: Administration, age_years: float | None = 50.0) -> tuple[Outcome, ...]:
    return tuple(NmEffectiveDose().outcomes(nuclear_case(*administrations, age_years=age_years)))


def test_each_administration_is_told_apart_and_all_together() -> None:
    fdg, rest, every = outcomes(FDG, REST)
    assert (fdg.of, fdg.event_uid) == ("F-18 FDG", "2.25.701")
    assert (rest.of, every.of, every.event_uid) == ("Tc-99m Sestamibi", "administered", None)
    assert isinstance(every.result, Estimate)
    # 200 x 0.0171 + 250 x 0.009 = 3.42 + 2.25, by hand
    assert every.result.value == pytest.approx(5.67)


def test_the_activity_leads_to_the_object_that_states_it() -> None:
    first = outcomes(FDG)[0].result
    assert isinstance(first, Estimate)
    assert first.inputs[0].value_id == f"{STATEMENT}.events.0.administered_activity_mbq"


def test_an_unknown_compound_refuses_its_own_dose_and_the_sum_and_nothing_else() -> None:
    known, unknown, every = outcomes(FDG, UNKNOWN)
    assert isinstance(known.result, Estimate)
    assert isinstance(unknown.result, NotComputable)
    assert isinstance(every.result, NotComputable)


@pytest.mark.parametrize("route", ["Intravenous route", "IV", "i.v.", "intravenös", None])
def test_what_was_injected_or_says_nothing_of_it_is_computed(route: str | None) -> None:
    given = Administration(agent="FDG", radionuclide="F-18", administered_activity_mbq=200.0, route=route)
    assert isinstance(outcomes(given)[0].result, Estimate)


@pytest.mark.parametrize("route", ["Oral route", "Inhalation", "Intradermal"])
def test_another_route_is_refused(route: str) -> None:
    given = Administration(agent="FDG", radionuclide="F-18", administered_activity_mbq=200.0, route=route)
    result = outcomes(given)[0].result
    assert isinstance(result, NotComputable)
    assert result.missing == ("a coefficient for this route",)


def test_organ_and_effective_doses_that_a_report_states_change_nothing() -> None:
    stated = Administration(
        agent="FDG", radionuclide="F-18", administered_activity_mbq=200.0, event_uid="2.25.701", effective_dose_msv=7.5
    )
    assert outcomes(stated) == outcomes(FDG)


def test_an_exam_without_administrations_is_not_its_own() -> None:
    assert NmEffectiveDose().outcomes(projection_case()) == ()
