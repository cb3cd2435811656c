"""Proportions: what was measured comes back, children grow without a jump, and nothing is out of order."""

import itertools

import pytest

from dose_core.dosimetry.skin.body.proportions import proportions
from dose_core.dosimetry.skin.body.sections import with_forms

AGES = [0.0, 0.083, 0.3, 1.0, 2.0, 2.75, 4.0, 7.0, 10.0, 13.0, 16.0, 17.0, 17.5, 17.99, 18.0, 40.0]
FROM_FOOT_TO_HEAD = [
    *("ankle_height", "knee_height", "crotch_height", "trochanter_height", "waist_height", "chest_height"),
    *("axilla_height", "acromial_height", "cervicale_height"),
]


def test_a_man_has_the_measures_of_the_survey() -> None:
    """ANSUR II: stature 175.6 cm, waist 94.1 cm around, hip 34.6 cm broad; the navel at 0.602 of the stature."""
    man = proportions("male", None)

    assert man["waist_circumference"] * 175.6 == pytest.approx(94.1)
    assert man["hip_breadth"] * 175.6 == pytest.approx(34.6)
    assert man["waist_height"] == 0.602


def test_a_child_in_the_middle_of_its_group_has_the_measures_of_the_survey() -> None:
    """Snyder 1977, 4.5 to 5.5 years: stature 108.3 cm, chest 55.0 cm around, head 17.9 cm high, waist at 60.6 cm."""
    child = proportions(None, 5.0)

    assert child["chest_circumference"] * 108.3 == pytest.approx(55.0)
    assert child["head_height"] * 108.3 == pytest.approx(17.9)
    assert child["waist_height"] * 108.3 == pytest.approx(60.6)


def test_a_newborns_crotch_is_where_crown_and_rump_leave_it() -> None:
    """Snyder 1977, 0 to 2 months: 56.3 cm long, 39.1 cm from crown to rump."""
    assert proportions(None, 0.0)["crotch_height"] == pytest.approx(1 - 39.1 / 56.3, abs=1e-4)


def test_a_person_of_no_known_sex_is_the_mean_of_both() -> None:
    man, woman, person = (proportions(sex, None) for sex in ("male", "female", "O"))

    assert person == proportions(None, 50.0)
    for name, value in person.items():
        assert value == pytest.approx((man[name] + woman[name]) / 2)


@pytest.mark.parametrize("sex", ["male", "female", None])
def test_nobody_jumps_on_a_birthday(sex: str | None) -> None:
    for age in AGES:
        before, after = proportions(sex, max(0.0, age - 0.01)), proportions(sex, age + 0.01)
        for name, value in before.items():
            assert after[name] == pytest.approx(value, rel=0.02), (age, name)


@pytest.mark.parametrize("sex", ["male", "female", None])
@pytest.mark.parametrize("age", AGES)
def test_marks_of_the_body_are_in_their_order_from_the_foot_to_the_head(sex: str | None, age: float) -> None:
    body = proportions(sex, age)

    heights = [*(body[name] for name in FROM_FOOT_TO_HEAD), 1.0 - body["head_height"]]
    assert all(lower < upper for lower, upper in itertools.pairwise(heights))


@pytest.mark.parametrize("sex", ["male", "female", None])
@pytest.mark.parametrize("age", AGES)
def test_the_forms_that_follow_are_those_of_people(sex: str | None, age: float) -> None:
    """Between an ellipse and a box; the chest broader than deep, and no broader than the body is round."""
    body = with_forms(proportions(sex, age))

    assert 2.0 <= body["waist_exponent"] <= 6.0
    assert 2.0 <= body["hip_exponent"] <= 6.0
    assert body["chest_depth"] < body["chest_breadth"] < body["chest_circumference"] / 2
    assert 0.5 * body["hip_depth"] < body["thigh_depth"] < 1.2 * body["hip_depth"]
