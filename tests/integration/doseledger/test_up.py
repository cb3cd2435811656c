"""Tests of doseledger.up, run as its users run it."""

import os
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


class TestADataFolder:
    @pytest.mark.parametrize("prepare", [let_anybody_write, give_away])
    def test_that_somebody_else_may_write_to_is_refused_before_its_secrets_are_believed(
        self, tmp_path: Path, prepare: Callable[[Path], None]
    ) -> None:
        folder = tmp_path / "data"
        folder.mkdir()
        (folder / "token_secret").write_text("known to whoever put it here" * 2, encoding="ascii")
        prepare(folder)
        command = [sys.executable, "-m", "doseledger", "up", "--data-dir", str(folder), "--port-base", str(free_port())]
        environ = {
            "PATH": os.environ["PATH"],
            "DOSELEDGER_SITE_TIMEZONE": "Europe/Berlin",
            "DOSELEDGER_DEFAULT_AUTHORITY": "DEMO",
            # Nobody listens there: should the folder be taken, the start ends all the same.
            "DOSELEDGER_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        }

        ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)

        assert ended.returncode != 0
        assert "others may write to the data folder" in ended.stderr
        assert not (folder / "running.toml").exists()
