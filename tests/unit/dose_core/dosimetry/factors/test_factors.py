"""Tests of dose_core.dosimetry.factors: what a method may use of a published table."""

import csv
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from dose_core.dosimetry.factors import rows

TABLES = sorted(
    one.name.removesuffix(".csv") for one in files("dose_core.dosimetry.factors").iterdir() if one.name.endswith(".csv")
)
REPOSITORY = Path(__file__).parents[5]


def all_rows(name: str) -> list[dict[str, str]]:
    """Return every row of a table, as any reader of CSV sees it."""
    text = (files("dose_core.dosimetry.factors") / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("name", TABLES)
def test_every_row_names_its_source_and_how_it_was_checked(name: str) -> None:
    for row in all_rows(name):
        assert row["source"].strip(), row
        assert row["evidence"].strip(), row
        assert row["verified"] in {"yes", "partial", "no"}, row
        assert None not in row, f"more cells than columns: {row}"
        assert None not in row.values(), f"fewer cells than columns: {row}"


@pytest.mark.parametrize("name", TABLES)
def test_a_row_that_nobody_checked_is_never_returned(name: str) -> None:
    checked = [row for row in all_rows(name) if row["verified"] == "yes"]
    assert [dict(row) for row in rows(name)] == checked


def test_some_rows_wait_to_be_checked_so_that_the_test_above_tests_something() -> None:
    assert len(all_rows("ct_dlp_k_factors")) > len(rows("ct_dlp_k_factors")) > 0


def test_a_table_is_read_once() -> None:
    assert rows("ct_dlp_k_factors") is rows("ct_dlp_k_factors")


def test_nobody_changes_a_factor_for_others() -> None:
    with pytest.raises(TypeError):
        rows("ct_dlp_k_factors")[0]["verified"] = "no"  # type: ignore[index] # what the test is about


def test_there_is_no_table_of_another_name() -> None:
    with pytest.raises(FileNotFoundError):
        rows("no_such_table")


def test_tables_are_installed_with_the_package() -> None:
    setuptools = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert "dose_core.dosimetry.factors" in setuptools["packages"]
    assert setuptools["package-data"]["dose_core.dosimetry.factors"] == ["*.csv"]
