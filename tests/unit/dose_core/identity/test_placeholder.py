"""Tests of dose_core.identity.placeholder: who stands for somebody that is not known, and who does not."""

from datetime import date

import pytest

from dose_core.identity.placeholder import PlaceholderRules, UnusablePatternError, names_nobody, why_placeholder

BORN = date(1960, 1, 1)
NONE = date(1900, 1, 1)


@pytest.mark.parametrize(
    "name",
    [
        "Motorbike, accident 18:10",
        "Motorrad^Unfall 18:10",
        "Unbekannt^Mann",
        "UNKNOWN^FEMALE",
        "Doe^John",
        "John^Doe",
        "JANE DOE 3",
        "Notfall^2024-03-06",
        "Polytrauma^1",
        "Schockraum",
        "N.N.",
        "NN^NN",
        "Trauma^Alpha",
        "Okänd^Kvinna",
        "Ohne Namen",
        "PKW Unfall 07:45",
        "MCI Patient 12",
    ],
)
def test_a_name_of_nobody_is_a_placeholder_whatever_the_birth_date(name: str) -> None:
    assert why_placeholder(name, BORN) is not None
    assert names_nobody(name)


@pytest.mark.parametrize(
    "name",
    [
        "Birnbaum^Anna",
        "Doe^Rosa",
        "Sturz^Anna",
        "Brand^Otto",
        "Mann^Thomas",
        "Zug^Ida",
        "Johndoe^Ida",
        "Nguyen^Nina",
        "=山梨^林檎",
        "تفاح^ليلى",
        None,
        "",
    ],
)
def test_a_name_that_people_have_is_none(name: str | None) -> None:
    assert why_placeholder(name, BORN) is None


@pytest.mark.parametrize("name", ["Motorrad^Unfall", "Mann^Sturz", "Verkehrsunfall"])
def test_words_of_an_accident_count_beside_a_birth_date_that_is_none(name: str) -> None:
    assert why_placeholder(name, BORN) is None
    assert why_placeholder(name, NONE) is not None


def test_a_birth_date_that_is_none_makes_nobody_a_placeholder_alone() -> None:
    assert why_placeholder("Birnbaum^Anna", NONE) is None


def test_pid_31_makes_a_placeholder_of_any_name_and_its_denial_of_none() -> None:
    assert why_placeholder("Birnbaum^Anna", BORN, identity_unknown=True) is not None
    assert why_placeholder("Unbekannt^Mann", BORN, identity_unknown=False) is not None
    assert why_placeholder("Birnbaum^Anna", BORN, identity_unknown=False) is None


def test_pid_32_makes_one_if_name_and_birth_date_are_stand_ins() -> None:
    assert why_placeholder("Birnbaum^Anna", BORN, reliability={"AL", "UD"}) is not None
    assert why_placeholder("Birnbaum^Anna", BORN, reliability={"AL"}) is None
    assert why_placeholder("Birnbaum^Anna", BORN, reliability={"US", "UA"}) is None


def test_a_pattern_of_the_site_fits_the_whole_name() -> None:
    rules = PlaceholderRules(names=("Rotkreuz ??",))

    assert why_placeholder("ROTKREUZ^07", BORN, rules=rules) == "the name fits the site's pattern 'Rotkreuz ??'"
    assert why_placeholder("Rotkreuz^Anna", BORN, rules=rules) is None


def test_a_pattern_without_a_letter_is_refused() -> None:
    with pytest.raises(UnusablePatternError):
        PlaceholderRules(names=("*",))


def test_no_rule_says_anything_of_the_patient() -> None:
    assert "Motorbike" not in (why_placeholder("Motorbike, accident 18:10", BORN) or "Motorbike")


def test_an_empty_name_and_an_anonymised_one_name_nobody_and_are_no_placeholders() -> None:
    for name in ("", "^^", "0815", "TEST^TEST", "Dummy"):
        assert names_nobody(name)
        assert why_placeholder(name, BORN) is None
