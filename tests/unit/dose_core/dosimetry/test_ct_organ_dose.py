"""Tests of dose_core.dosimetry.ct_organ_dose; coefficients: PMC7393764, Table 4."""

from dataclasses import replace

import pytest

from dose_core.dosimetry.ct_organ_dose import ScannedAdult, organ_doses, size_group
from dose_core.dosimetry.estimate import Estimate, Interval, NotComputable
from dose_core.dosimetry.factors import rows

CHEST = ScannedAdult(
    dlp_mgy_cm=1000.0, phantom_mm=320, region="chest", age_years=50.0, sex="F", size_cm=170.0, weight_kg=65.0
)


def organs(scanned: ScannedAdult) -> dict[str, Estimate]:
    outcome = organ_doses(scanned)
    assert isinstance(outcome, dict), outcome
    return outcome


class TestSizeGroup:
    @pytest.mark.parametrize(
        ("weight_kg", "group"),
        [
            (53.4, "underweight"),
            (53.5, "normal"),
            (72.2, "normal"),
            (72.3, "overweight"),
            (86.7, "obese1"),
            (101.2, "obese2"),
            (115.6, "obese3"),
            (250.0, "obese3"),
        ],
    )
    def test_is_the_class_of_the_body_mass_index(self, weight_kg: float, group: str) -> None:
        """At 170 cm: 18.5 is 53.465 kg, 25 is 72.25, 30 is 86.7, 35 is 101.15, 40 is 115.6 kg."""
        assert size_group(170.0, weight_kg) == group

    @pytest.mark.parametrize("size_cm", [1.7, 1e-300, 5e-324])
    def test_is_none_of_a_height_in_another_unit(self, size_cm: float) -> None:
        assert size_group(size_cm, 65.0) is None
        outcome = organ_doses(replace(CHEST, size_cm=size_cm))
        assert isinstance(outcome, NotComputable)
        assert outcome.missing == ("height", "weight")


def test_each_organ_of_the_table_has_its_dose() -> None:
    """Normal weight, women: lungs 0.034, breasts 0.026, thyroid 0.041."""
    of_chest = organs(CHEST)
    assert len(of_chest) == 10
    assert of_chest["lungs"].value == pytest.approx(34.0)
    assert of_chest["breasts"].value == pytest.approx(26.0)
    assert of_chest["thyroid"].value == pytest.approx(41.0)


def test_a_heavier_body_gets_less() -> None:
    """Obese III, women: lungs 0.022."""
    assert organs(replace(CHEST, weight_kg=120.0))["lungs"].value == pytest.approx(22.0)


def test_sexes_differ() -> None:
    assert organs(replace(CHEST, sex="M"))["lungs"].value == pytest.approx(28.0)


def test_an_organ_in_the_field_is_known_better_than_one_beside_it() -> None:
    """60 % between estimators: 34 / 2.5 = 13.6 to 85; five times: 41 / 5 = 8.2 to 205."""
    of_chest = organs(CHEST)
    lungs, thyroid = of_chest["lungs"].interval, of_chest["thyroid"].interval
    assert (lungs.low, lungs.high) == pytest.approx((13.6, 85.0))
    assert (thyroid.low, thyroid.high) == pytest.approx((8.2, 205.0))
    assert "60 %" in lungs.source
    assert "five times" in thyroid.source


def test_the_interval_of_an_estimated_dlp_goes_in() -> None:
    bounds = Interval(low=1000.0, high=1200.0, coverage=None, source="a paper, invented")
    lungs = organs(replace(CHEST, dlp_interval=bounds))["lungs"].interval
    assert (lungs.low, lungs.high) == pytest.approx((13.6, 102.0))
    assert "a paper, invented" in lungs.source


@pytest.mark.parametrize(
    ("scanned", "missing"),
    [
        (replace(CHEST, dlp_mgy_cm=None), "DLP"),
        (replace(CHEST, phantom_mm=None), "CTDIw phantom"),
        (replace(CHEST, region=None), "region: head, chest, or abdomen and pelvis"),
        (replace(CHEST, age_years=None), "age"),
        (replace(CHEST, sex=None), "sex"),
        (replace(CHEST, sex="O"), "sex"),
        (replace(CHEST, size_cm=None), "height"),
        (replace(CHEST, weight_kg=0.0), "weight"),
    ],
)
def test_what_is_missing_is_named(scanned: ScannedAdult, missing: str) -> None:
    outcome = organ_doses(scanned)
    assert isinstance(outcome, NotComputable)
    assert outcome.missing == (missing,)


@pytest.mark.parametrize(
    ("scanned", "reason"),
    [
        (replace(CHEST, age_years=19.0), "those of adults"),
        (replace(CHEST, weight_kg=50.0), "underweight"),
        (replace(CHEST, region="abdomen_pelvis", weight_kg=130.0), "obese3"),
        (replace(CHEST, region="head", phantom_mm=160, weight_kg=80.0), "overweight"),
        (replace(CHEST, phantom_mm=160), "another phantom"),
    ],
)
def test_who_is_outside_of_the_table_is_refused(scanned: ScannedAdult, reason: str) -> None:
    outcome = organ_doses(scanned)
    assert isinstance(outcome, NotComputable)
    assert reason in outcome.reason


def test_a_dlp_of_zero_is_a_dose_of_zero() -> None:
    assert organs(replace(CHEST, dlp_mgy_cm=0.0))["lungs"].value == 0.0


def test_an_organ_stands_once_in_each_column_of_the_table() -> None:
    keys = [(row["region"], row["organ"], row["size_group"], row["sex"]) for row in rows("ct_organ_dose_per_dlp")]
    assert len(keys) == len(set(keys)) == 126
