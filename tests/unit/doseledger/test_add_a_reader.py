"""docs/how-to/add-a-reader.md does what it says: the reader it shows reads an object that no reader of ours knows."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.builders.ct_rdsr import ct_rdsr_bytes
from tests.builders.packages import write_package
from tests.builders.sr import Item, coded, container, num, text
from tests.support.pages import code_block

ROOT = Path(__file__).parents[3]
PAGE = "how-to/add-a-reader.md"
COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33"


def scan(name: str, ctdi_vol_mgy: str, dlp_mgy_cm: str) -> Item:
    return container(
        ("DS-2", "99ACME", "Scan"),
        text(("DS-3", "99ACME", "Scan Name"), name),
        num(("DS-4", "99ACME", "CTDIvol of Scan"), ctdi_vol_mgy, "mGy"),
        num(("DS-5", "99ACME", "DLP of Scan"), dlp_mgy_cm, "mGy.cm"),
    )


DOSE_SHEET = ct_rdsr_bytes(
    scan("Head", "40.5", "600"),
    scan("Neck", "12", "240.25"),
    num(("DS-6", "99ACME", "DLP of all Scans"), "840.25", "mGy.cm"),
    SOPClassUID=COMPREHENSIVE_SR,
    ConceptNameCodeSequence=[coded(("DS-1", "99ACME", "Dose Sheet"))],
)


def read(sheet: Path, *, packages: Path) -> dict[str, Any]:
    """Return the line that ``doseledger read`` prints where the packages are installed."""
    ended = subprocess.run(
        [sys.executable, "-m", "doseledger", "read", "--origins", str(sheet)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ended.stderr == ""
    line: dict[str, Any] = json.loads(ended.stdout)
    return line


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.dcm"
    path.write_bytes(DOSE_SHEET)
    return path


def test_without_the_package_nobody_reads_the_sheet(sheet: Path, tmp_path: Path) -> None:
    line = read(sheet, packages=tmp_path)

    assert (line["status"], "'DS-1' of '99ACME'" in line["reason"]) == ("not_dose", True)


def test_with_the_package_that_the_page_shows_the_sheet_is_read(sheet: Path, tmp_path: Path) -> None:
    project = tomllib.loads(code_block(PAGE, "toml"))
    (module,) = project["tool"]["setuptools"]["py-modules"]
    write_package(
        tmp_path,
        module,
        code_block(PAGE, "python"),
        name=project["project"]["name"],
        version=project["project"]["version"],
        entry_points=project["project"]["entry-points"]["doseledger.readers"],
    )

    line = read(sheet, packages=tmp_path)

    assert (line["status"], line["kind"]) == ("read", "legacy_dose_sr")
    assert line["totals"]["dlp_mgy_cm"] == 840.25
    assert [(event["protocol"], event["ctdi_vol_mgy"], event["dlp_mgy_cm"]) for event in line["events"]] == [
        ("Head", 40.5, 600.0),
        ("Neck", 12.0, 240.25),
    ]
    assert line["warnings"] == []
    assert {"field": "totals.dlp_mgy_cm", "path": "1.4", "text": "840.25", "unit": "mGy.cm"} in line["stated"]
