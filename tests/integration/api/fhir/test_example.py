"""The example for a RIS in docs/how-to does what it says, against a real server."""

import os
import subprocess
import sys
from pathlib import Path

from dose_services.roles import Scope
from tests.builders.long_history import PATIENT
from tests.integration.api.conftest import House
from tests.support.served import served

EXAMPLE = Path(__file__).parents[4] / "docs" / "how-to" / "ris_doses.py"


def test_the_example_prints_the_sentence_of_each_study_and_what_they_add_up_to(hers: House) -> None:
    """The sums are those of the sentences: 776 and 362.5 mGy·cm by phantom are the CTs of 926 and 212.5 together."""
    with served(hers.app) as address:
        known = {**os.environ, "DOSELEDGER_FHIR": f"{address}/fhir", "DOSELEDGER_TOKEN": hers.token(Scope.READ)}
        asked = [sys.executable, str(EXAMPLE), "DEMO", PATIENT]
        ended = subprocess.run(asked, env=known, capture_output=True, text=True, check=True, timeout=60)

    said = ended.stdout.splitlines()
    assert "Mammography, June 4, 2019: average glandular dose left breast 1.3 mGy and right breast 1.52 mGy." in said
    assert "CT Dose Length Product Total (160): 776.0 mGy.cm" in said
    assert "CT Dose Length Product Total (320): 362.5 mGy.cm" in said
    assert any(one.startswith("Dose Area Product Total (all): >=") for one in said)
    assert len([line for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if line.strip()]) < 30
