"""Does the study without a dose report get one, exactly once, and is it a valid object?"""

import shutil
import subprocess
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom

from dose_core.own import OUR_MANUFACTURER
from doseledger.demo.hospital import DORA_THORAX
from doseledger.demo.house import House, NotSoError, expect, same
from doseledger.demo.service import QUIET_TIME_S
from doseledger.demo.slices import images

_COMPUTED_FROM_IMAGES = "113867"  # DCM, PS3.16, CID 10021
_DLP_TOTAL = "113813"  # DCM, PS3.16, TID 10012
_MARGIN_S = 6  # the worker looks for due work every few seconds


def plugin_has_delivered(house: House) -> str:
    """The plugin's queue is empty and nothing is parked."""
    status = expect(house.orthanc.door, "GET", "/dose/status")
    same("the queue of the plugin", status["queue"]["length"], 0)
    same("what the service refused", status["parked"]["count"], 0)
    return "queue empty, nothing parked"


def dose_sr_is_written_back(house: House) -> str:
    """The study without a report has one of ours in the archive, valid and marked as computed."""
    dicom = _only_report(house)
    _check_with_dciodvfy(dicom)
    report = pydicom.dcmread(BytesIO(dicom))
    same("its manufacturer", str(report.Manufacturer), OUR_MANUFACTURER)
    items = {item.ConceptNameCodeSequence[0].CodeValue: item for item in _walk(report)}
    codes = {item.ConceptCodeSequence[0].CodeValue for item in items.values() if "ConceptCodeSequence" in item}
    same("whether it says that it was computed from images", _COMPUTED_FROM_IMAGES in codes, expected=True)
    total = items[_DLP_TOTAL].MeasuredValueSequence[0].NumericValue
    same("its DLP", float(total), DORA_THORAX.dlp_mgy_cm)
    checked = "dciodvfy finds no error" if shutil.which("dciodvfy") else "dciodvfy is not installed"
    return f"one dose SR of ours, {float(total):.1f} mGy.cm; {checked}"


def second_sending_makes_no_second_dose_sr(house: House) -> str:
    """The same images again, and a quiet time later there is still one report."""
    before = _only_report(house)
    house.modality(DORA_THORAX.scanner).store(images(DORA_THORAX))
    time.sleep(QUIET_TIME_S + _MARGIN_S)
    same("whether the report is the same", _only_report(house) == before, expected=True)
    return "study sent twice, one dose SR"


def _only_report(house: House) -> bytes:
    query = {"StudyInstanceUID": DORA_THORAX.study_instance_uid, "Modality": "SR"}
    found = expect(house.orthanc.door, "POST", "/tools/find", {"Level": "Instance", "Query": query})
    same("the number of dose SRs in the archive", len(found), 1)
    return house.orthanc.door.call("GET", f"/instances/{found[0]}/file").body


def _check_with_dciodvfy(dicom: bytes) -> None:
    program = shutil.which("dciodvfy")
    if program is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.dcm")
        path.write_bytes(dicom)
        done = subprocess.run([program, str(path)], capture_output=True, text=True, timeout=60, check=False)
    errors = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")]
    if errors:
        msg = f"dciodvfy finds {len(errors)} errors, the first: {errors[0]}"
        raise NotSoError(msg)


def _walk(item: pydicom.Dataset) -> Any:  # noqa: ANN401 pydicom's items are untyped
    for child in item.get("ContentSequence", []):
        yield child
        yield from _walk(child)
