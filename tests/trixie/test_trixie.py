"""The plugin file on Debian trixie's Orthanc; see run.py, which may be called alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.orthanc
@pytest.mark.timeout(1800)
@pytest.mark.skipif("TRIXIE_CACHE" not in os.environ, reason="TRIXIE_CACHE names no folder for a Debian root")
def test_the_same_file_runs_on_a_newer_orthanc() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.trixie.run"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
