"""Import names are global to an interpreter, and several of ours are plain words; these tests keep them ours."""

import subprocess
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
LISTED = set(SETTINGS["tool"]["setuptools"]["packages"])
ROOMS = sorted({name.partition(".")[0] for name in LISTED})


def test_every_package_folder_is_listed_for_setuptools() -> None:
    found = {
        ".".join(init.parent.relative_to(ROOT).parts) for room in ROOMS for init in (ROOT / room).rglob("__init__.py")
    }
    assert found == LISTED


def test_every_room_stands_under_the_import_contracts() -> None:
    assert SETTINGS["tool"]["importlinter"]["root_packages"] == ROOMS


def test_no_folder_is_a_package_that_nobody_placed() -> None:
    assert sorted(init.parent.name for init in ROOT.glob("*/__init__.py")) == ROOMS


def test_each_import_name_belongs_to_us_alone() -> None:
    owners = packages_distributions()
    assert {room: set(owners.get(room, ())) - {"doseledger"} for room in ROOMS} == {room: set() for room in ROOMS}


@pytest.mark.parametrize("name", ["tests", "docs", "docker", "migrations", "bench", "scripts"])
def test_folders_that_are_no_packages_cannot_be_imported_from_elsewhere(name: str, tmp_path: Path) -> None:
    # -P keeps the working folder off sys.path, as for an installed command.
    source = f"import importlib.util as u; s = u.find_spec({name!r}); print(s.origin if s else None)"
    answer = subprocess.run(
        [sys.executable, "-P", "-c", source], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "None"


def test_the_unrelated_distribution_called_jwt_is_not_installed() -> None:
    # It writes the same module as PyJWT; which of the two one gets would depend on the order of installation.
    names = {(found.metadata["Name"] or "").lower() for found in distributions()}
    assert "pyjwt" in names
    assert "jwt" not in names


def test_nothing_below_tests_is_a_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
