"""Tests of ``doseledger device``."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from doseledger.main import app

Run = Callable[..., Result]
ADD = ("device", "add", "--manufacturer", "ACME", "--model", "CT1", "--sends-rdsr")


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``doseledger`` on the fresh database."""
    monkeypatch.setenv("DOSELEDGER_DATABASE_URL", database_url)

    def run_it(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return run_it


def added(run: Run, serial_number: str) -> str:
    return str(run(*ADD, "--serial-number", serial_number).output.strip())


def test_a_device_is_added_listed_marked_and_classed(run: Run) -> None:
    device_id = added(run, "AW1001")

    assert run("device", "mark", device_id, "--sends-no-rdsr").exit_code == 0
    assert run("device", "class", device_id, "radiography").exit_code == 0
    assert run("device", "list").output == f"{device_id}\tACME\tCT1\tAW1001\t\t\tsends no RDSR\tradiography\n"


def test_two_devices_are_merged_shown_and_parted(run: Run) -> None:
    one, other = added(run, "AW1001"), added(run, "AW1002")

    assert run("device", "merge", one, other, "--comment", "one room").output.endswith("has 2 appearances\n")
    shown = run("device", "show", one).output
    assert run("device", "withdraw", "1", "--comment", "two rooms").exit_code == 0
    assert run("device", "merge", one, other, "--comment", "one room").exit_code == 0
    assert run("device", "split", one, other, "--comment", "two rooms").output == f"device {other} has 1 appearances\n"

    assert shown.count("\nappearance\t") == 2
    assert "decision\t1\tmerged\tby console:" in shown
    assert len(run("device", "list").output.splitlines()) == 2


def test_what_is_wrong_is_told_in_one_line(run: Run) -> None:
    told = run("device", "show", "00000000-0000-4000-8000-000000000001")

    assert "no device has the id" in str(told.exception)
