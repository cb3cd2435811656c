"""Tests of doseledger.up, run as its users run it."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.postgres import free_port

NOBODY = 65534


def let_anybody_write(folder: Path) -> None:
    folder.chmod(0o777)


def give_away(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another account")
    os.chown(folder, NOBODY, -1)


def up(folder: Path, *, port_base: int | None = None) -> "subprocess.CompletedProcess[str]":
    """Run ``doseledger up`` where it cannot come up, and return how it ended."""
    options = ["--data-dir", str(folder), "--port-base", str(port_base or free_port())]
    environ = {
        "PATH": os.environ["PATH"],
        "DOSELEDGER_SITE_TIMEZONE": "Europe/Berlin",
        "DOSELEDGER_DEFAULT_AUTHORITY": "DEMO",
        # Nobody listens there, so that it ends in any case.
        "DOSELEDGER_DATABASE_URL": "postgresql://nobody:invented@127.0.0.1:1/nothing",
    }
    command = [sys.executable, "-m", "doseledger", "up", *options]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


class TestWhatStandsInTheWay:
    def test_a_database_that_does_not_answer_is_told_in_one_sentence_without_its_password(self, tmp_path: Path) -> None:
        ended = up(tmp_path / "data")

        assert ended.returncode == 1
        assert ended.stderr.startswith("doseledger: no database nothing for us on 127.0.0.1:1")
        assert "Traceback" not in ended.stderr
        assert "invented" not in ended.stderr

    def test_a_taken_port_is_named(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            ended = up(tmp_path / "data", port_base=taken.getsockname()[1])

        assert ended.returncode == 1
        assert "is taken by another program; choose other ports with --port-base" in ended.stderr


class TestADataFolder:
    @pytest.mark.parametrize("prepare", [let_anybody_write, give_away])
    def test_that_somebody_else_may_write_to_is_refused_before_its_secrets_are_believed(
        self, tmp_path: Path, prepare: Callable[[Path], None]
    ) -> None:
        folder = tmp_path / "data"
        folder.mkdir()
        (folder / "token_secret").write_text("known to whoever put it here" * 2, encoding="ascii")
        prepare(folder)

        ended = up(folder)

        assert ended.returncode != 0
        assert "others may write to the data folder" in ended.stderr
        assert not (folder / "running.toml").exists()
