"""Tests of doseledger.main: the command as people type it."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("doseledger")


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environ = {f"DOSELEDGER_{name}": value for name, value in settings.items()}
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False, env=environ, timeout=60)


class TestCommand:
    def test_tells_what_was_foreseen_without_a_traceback(self) -> None:
        ended = run("device", "list")

        assert ended.returncode == 1
        assert ended.stderr.startswith("doseledger: DOSELEDGER_DATABASE_URL is missing")
        assert "Traceback" not in ended.stderr

    @pytest.mark.parametrize("command", [("device", "list"), ("user", "list"), ("token", "list")])
    def test_tells_in_one_line_that_the_database_is_away_and_no_password(self, command: tuple[str, str]) -> None:
        ended = run(*command, DATABASE_URL="postgresql://dose:invented-secret@127.0.0.1:1/dose")

        assert ended.returncode == 1
        assert ended.stderr.startswith("doseledger: the database does not answer")
        assert ended.stderr.count("\n") == 1
        assert "invented-secret" not in ended.stderr

    def test_tells_its_version(self) -> None:
        assert run("--version").stdout == f"doseledger {version('doseledger')}\n"
