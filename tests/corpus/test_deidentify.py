"""Reports of real devices lose who was irradiated, and no dose."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from io import BytesIO

import pytest
from pydicom import dcmread

from dose_core.deidentify.document import deidentified
from dose_core.deidentify.policy import Policy
from dose_core.errors import DoseError
from dose_core.readers.registry import read_dose
from tests.support.corpus import CORPUS, indexed, needs_corpus

POLICY = Policy(key=b"a key of a test, thirty-two bytes and more", keeps_characteristics=True)
_DOSES = ("_mgy", "_mgy_cm", "_gy_cm2", "_mbq", "_msv", "event_count", "kv", "ma", "_ms", "_s", "phantom_diameter_mm")
_NOT_KEPT = frozenset({"scene_time_s"})  # stated in a comment
_NAMES = (
    "PatientName",
    "PatientID",
    "AccessionNumber",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SOPInstanceUID",
    "StationName",
    "ReferringPhysicianName",
    "OperatorsName",
    "StudyDescription",
)
_SHORT = 5  # what is shorter may stand anywhere by chance

pytestmark = [needs_corpus, pytest.mark.real_dicom, pytest.mark.filterwarnings("ignore::UserWarning")]


def of_devices() -> list[str]:
    return [row["file"] for row in indexed() if row["kind"].endswith("rdsr")]


def doses(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Yield each dose, time and technique that a report states, with its place."""
    if is_dataclass(value):
        for one in fields(value):
            yield from doses(getattr(value, one.name), f"{name}.{one.name}")
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from doses(one, f"{name}[{number}]")
    elif (field := _field(name)).endswith(_DOSES) and field not in _NOT_KEPT:
        yield name, value


def _field(name: str) -> str:
    return name.rpartition(".")[2].partition("[")[0]


@pytest.mark.parametrize("name", of_devices())
def test_a_report_of_a_device_states_the_same_doses_and_names_nobody(name: str) -> None:
    dicom = (CORPUS / name).read_bytes()
    try:
        before = read_dose(dicom)
    except DoseError:
        pytest.skip("our readers do not read it")

    made = deidentified(dicom, POLICY, subject="somebody").dicom

    assert dict(doses(read_dose(made))) == dict(doses(before))
    stated = dcmread(BytesIO(dicom))
    told = {str(stated.get(keyword, "")).strip() for keyword in _NAMES}
    assert [one for one in told if len(one) >= _SHORT and one != "REMOVED" and one.encode() in made] == []
