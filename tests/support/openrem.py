"""OpenREM 1.0.0b3, whose importer reads dose SRs into the database of a dose register: a reader that is not ours."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tests.support.peers import ROOT

_PEER = ROOT / ".peers" / "openrem"
_PROGRAM = ROOT / "tests" / "peers" / "openrem" / "read.py"


def is_openrem_installed() -> bool:
    """Tell whether scripts/openrem_peer.sh has brought it."""
    return (_PEER / ".locked").exists()


def openrem_reads(reports: Mapping[str, bytes], folder: Path) -> dict[str, dict[str, Any]]:
    """Return what OpenREM stores of each report by its name; ``problem`` is the error that stopped it, if any."""
    for name, dicom in reports.items():
        (folder / f"{name}.dcm").write_bytes(dicom)
    command = [str(_PEER / "bin" / "python"), str(_PROGRAM), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    read = cast("dict[str, dict[str, Any]]", json.loads(done.stdout))
    return {name.removesuffix(".dcm"): stored for name, stored in read.items()}
