"""Medplum's validator of FHIR R4, as scripts/peers.sh brings it; it reads the definitions of HL7 from its own files."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_PEER = ROOT / "tests" / "peers" / "fhir"
_NODE = ROOT / ".venv" / "bin" / "node"


def is_medplum_installed() -> bool:
    """Tell whether this machine has @medplum/core with its definitions."""
    return (_PEER / "node_modules" / ".locked").exists()


def problems_of(resources: Sequence[dict[str, Any]]) -> list[tuple[str, str | None, list[str]]]:
    """Return for each resource its type, its id and what it breaks; all in one run of node."""
    program = [str(_NODE), str(_PEER / "check.mjs")]
    asked = json.dumps({"resources": list(resources)})
    ended = subprocess.run(program, input=asked, capture_output=True, text=True, check=True, timeout=120)
    return [(kind, id_, problems) for kind, id_, problems in json.loads(ended.stdout)]
