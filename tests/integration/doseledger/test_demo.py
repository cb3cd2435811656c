"""The whole house on real parts, as ``make demo ONCE=1`` runs it."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.orthanc import is_installed

ROOT = Path(__file__).parents[3]
PORTS = 5


def _port_base() -> int:
    """Return the first of five neighbouring ports that nobody listened on a moment ago."""
    for base in range(21000, 29000, PORTS):
        probes = [socket.socket() for _ in range(PORTS)]
        try:
            for number, probe in enumerate(probes):
                probe.bind(("", base + number))
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
        return base
    raise AssertionError("no five neighbouring ports are free")


def _demo(folder: Path, *, port_base: int, timeout_s: float = 280) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "DEMO_DIR": str(folder), "PORT_BASE": str(port_base)}
    command = [sys.executable, "-m", "doseledger.demo", "--once"]
    return subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=timeout_s, check=False
    )


@pytest.mark.orthanc
@pytest.mark.skipif(not is_installed(), reason="Orthanc is not installed")
class TestOnce:
    def test_every_outcome_holds_also_in_a_folder_with_a_space(self, tmp_path: Path) -> None:
        done = _demo(tmp_path / "a demo", port_base=_port_base())
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        line = json.loads(done.stdout.splitlines()[-1])
        assert line["held"] is True
        assert all(line["checks"].values())
        assert not (tmp_path / "a demo" / "once").exists()

    def test_a_taken_port_ends_it_with_one_sentence(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = min(taken.getsockname()[1], 65000)
            if port != taken.getsockname()[1]:
                pytest.skip("the system drew a port near the end of the range")
            done = _demo(tmp_path, port_base=port, timeout_s=60)
        assert done.returncode == 1
        assert (
            done.stderr
            == f"demo: port {port} is taken by another program; move the demo, for example with PORT_BASE=19000\n"
        )
