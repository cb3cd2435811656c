"""Tests of dose_core.estimating.radiopharmaceutical_agents: a compound by code or name, never by its nuclide alone."""

import pytest

from dose_core.estimating.radiopharmaceutical_agents import agent_of
from dose_core.model import Administration, Code


def named(agent: str | None, nuclide: str | None = "F-18", code: Code | None = None) -> str | None:
    found = agent_of(Administration(agent=agent, radionuclide=nuclide, agent_code=code))
    return found.name if found else None


@pytest.mark.parametrize("scheme", ["SRT", "SNM3", "99SDM"])
def test_a_code_of_snomed_rt_counts_under_each_of_its_names(scheme: str) -> None:
    assert named(None, "^18^Fluorine", Code(value="C-B1031", scheme=scheme)) == "FDG"


def test_a_code_of_snomed_ct_counts() -> None:
    assert named(None, "99m Technetium", Code(value="424299003", scheme="SCT")) == "sestamibi at rest"


def test_the_same_digits_of_another_scheme_do_not_count() -> None:
    assert named(None, "F-18", Code(value="35321007", scheme="LOCAL")) is None


@pytest.mark.parametrize(
    ("agent", "nuclide", "expected"),
    [
        ("FDG", "18F", "FDG"),
        ("FDG -- fluorodeoxyglucose", "18F", "FDG"),
        ("Fluorodeoxyglucose F^18^", "^18^Fluorine", "FDG"),
        ("[18F]FDG", "F-18", "FDG"),
        ("Sodium fluoride F^18^", "F-18", "fluoride"),
        ("NaF", "F-18", "fluoride"),
        ("18F-Fluoro-L-DOPA", "F-18", "fluorodopa"),
        ("99mTc-MDP", "Tc-99m", "MDP"),
        ("Technetium Tc^99m^ medronate", "99m Technetium", "MDP"),
        ("DPD", "99m Technetium", "MDP"),
        ("Sestamibi", "99m Technetium", "sestamibi at rest"),
        ("Tc-99m MIBI", "Tc-99m", "sestamibi at rest"),
        ("MIBG", "123I", "MIBG"),
        ("Tc-99m MAG3", "Tc-99m", "MAG3"),
        ("Technetium Tc^99m^ succimer", "^99m^Technetium", "DMSA"),
        ("Ioflupane I^123^", "I-123", "ioflupane"),
        ("Thallous chloride Tl^201^", "^201^Thallium", "thallous ion"),
        ("Gallium^67^ citrate", "Ga-67", "citrate"),
        ("Ga-67 citrate", "Ga-67", "citrate"),
    ],
)
def test_names_are_known_however_the_nuclide_is_written_beside_them(
    agent: str, nuclide: str, expected: str | None
) -> None:
    assert named(agent, nuclide) == expected


@pytest.mark.parametrize(
    ("agent", "nuclide"),
    [
        ("fluorodeoxythymidine", "F-18"),  # FLT
        ("FDG-something", "F-18"),
        ("fluoroestradiol", "F-18"),
        ("DMSA(V)", "Tc-99m"),  # pentavalent, which goes to tumours and bone
        ("chloride", "Rb-82"),
        ("MIBG", "I-131"),  # the nuclide has another coefficient, which nobody checked
        ("FDG", None),
        ("FDG", "Ga-68"),
        ("18F", "F-18"),
        ("", "F-18"),
        (None, "F-18"),
        (None, "Tc-99m"),
    ],
)
def test_nothing_is_guessed(agent: str | None, nuclide: str | None) -> None:
    assert named(agent, nuclide) is None


def test_a_code_and_a_name_that_contradict_tell_nothing() -> None:
    assert named("NaF", "F-18", Code(value="C-B1031", scheme="SRT")) is None
