"""The plugin file on Debian trixie's Orthanc; see run.py, which may be called alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trixie.run import NO_ROOT

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.orthanc
@pytest.mark.timeout(1800)
@pytest.mark.skipif(os.geteuid() != 0, reason="debootstrap and chroot need root")
@pytest.mark.skipif(shutil.which("debootstrap") is None, reason="debootstrap is not installed")
def test_the_same_file_runs_on_a_newer_orthanc() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.trixie.run"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    if ran.returncode == NO_ROOT:
        pytest.skip(f"no Debian trixie could be built here: {ran.stderr.strip().splitlines()[-1]}")
    assert ran.returncode == 0, ran.stdout + ran.stderr
