"""No identifier survives, wherever in a dose SR it was planted."""

from functools import cache
from io import BytesIO

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydicom import config, dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dose_core.deidentify.document import deidentified
from dose_core.deidentify.errors import NotDeidentifiableError
from dose_core.deidentify.policy import Policy
from dose_core.writers.part10 import to_part10
from tests.builders import enhanced_rdsr
from tests.builders.planted import DAY, NAME, NUMBER, UID, WORD, leaks, levels, planted, planted_at, written
from tests.builders.written_all import written_of_all_kinds
from tests.fuzz.seeds import seeds

KEY = b"a key of a test, thirty-two bytes and more"
STRICT = Policy(key=KEY)
# A rule that lets everything stay that a rule may let stay, and has released texts of the device.
GENEROUS = Policy(
    key=KEY, keeps_characteristics=True, keeps_device=True, released_texts=frozenset({"ACME", "CT1", "SN1"})
)
OURS = {name: to_part10(dataset) for name, dataset in written_of_all_kinds().items()}
# One of each way to encode; what is deflated is inflated before anything else happens to it.
_TWICE = {"ct-explicit-undefined", "ct-implicit-defined", "ct-big-undefined", "ct-deflated-defined"}
REPORTS = {name: dicom for name, dicom in seeds("sr").items() if name not in _TWICE} | OURS
REPORTS["enhanced with a table"] = enhanced_rdsr.enhanced_rdsr_bytes(
    enhanced_rdsr.event_summary(),
    enhanced_rdsr.details(
        enhanced_rdsr.output(
            enhanced_rdsr.air_kerma_table(
                enhanced_rdsr.moments("20260301101601", "20260301101602"), enhanced_rdsr.kermas(1.5, 2.5), rows=2
            )
        )
    ),
)
del REPORTS["ct-deflated-undefined"]
# What pydicom writes here breaks value representations on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")


@pytest.fixture(autouse=True)
def _as_it_is() -> None:
    config.settings.writing_validation_mode = config.IGNORE


@cache
def dirtied(name: str) -> bytes:
    return planted(REPORTS[name])


@pytest.mark.parametrize("policy", [STRICT, GENEROUS], ids=["strict", "generous"])
@pytest.mark.parametrize("name", REPORTS)
def test_nothing_planted_in_any_element_at_any_level_survives(
    name: str, policy: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    dirty = dirtied(name)
    assert leaks(dirty) == sorted([DAY, NUMBER, "Quirina", WORD])
    caplog.clear()

    made = deidentified(dirty, policy, subject=f"{WORD} {NAME}")

    assert leaks(made.dicom) == []
    assert caplog.text == ""  # pydicom quotes values that it finds odd
    assert leaks(made.sop_instance_uid.encode()) == []  # a file is called by it


@pytest.mark.parametrize("name", ["ct-explicit-defined", "projection", "radiopharmaceutical-fdg", "patient-liver"])
def test_nothing_survives_of_items_that_the_tables_do_not_know(name: str) -> None:
    """Of each value type, under a concept of a house, of the standard, and one without a code, below each item."""
    whole = dcmread(BytesIO(REPORTS[name]))
    for level in [one for one in levels(whole) if "ContentSequence" in one]:
        level.ContentSequence.extend(item for concept in _CONCEPTS for item in _items_of(concept))

    made = deidentified(written(whole), GENEROUS, subject=WORD)

    assert leaks(made.dicom) == []


# A concept of the house, one of the dictionary that dose reports do not have, and texts and names that they do have.
_CONCEPTS = (
    ("1", "99ZZ"),
    ("121029", "DCM"),  # Subject Name
    ("121106", "DCM"),  # Comment
    ("125203", "DCM"),  # Acquisition Protocol
    ("113870", "DCM"),  # Person Name
    ("121008", "DCM"),  # Person Observer Name
    ("113832", "DCM"),  # Identification of the X-Ray Source
    ("113769", "DCM"),  # Irradiation Event UID
    ("111526", "DCM"),  # DateTime Started
    ("123014", "DCM"),  # Target Region
    ("113830", "DCM"),  # Mean CTDIvol
    ("113795", "DCM"),  # Acquired Image
    ("113701", "DCM"),  # X-Ray Radiation Dose Report
)


def _items_of(concept: tuple[str, str]) -> list[Dataset]:
    values: dict[str, dict[str, object]] = {
        "TEXT": {"TextValue": f"{WORD} 3"},
        "PNAME": {"PersonName": NAME},
        "CODE": {"ConceptCodeSequence": Sequence([_code(WORD, "99ZZ")])},
        "UIDREF": {"UID": UID},
        "DATE": {"Date": DAY},
        "TIME": {"Time": WORD},
        "DATETIME": {"DateTime": f"{DAY}1015"},
        "NUM": {"MeasuredValueSequence": Sequence([_measured()])},
        "CONTAINER": {"ContinuityOfContent": WORD},
        "IMAGE": {"ReferencedSOPSequence": Sequence([_reference()])},
        "COMPOSITE": {"ReferencedSOPSequence": Sequence([_reference()])},
        "WAVEFORM": {"ReferencedSOPSequence": Sequence([_reference()])},
        WORD: {"TextValue": WORD},
    }
    made = []
    for value_type, value in values.items():
        item = Dataset()
        item.RelationshipType = "CONTAINS"
        item.ValueType = value_type
        item.ConceptNameCodeSequence = Sequence([_code(*concept)])
        for keyword, one in value.items():
            setattr(item, keyword, one)
        item.ObservationUID = UID
        made.append(item)
    return made


def _code(value: str, scheme: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, f"{WORD} 4"
    item.CodingSchemeVersion, item.ContextUID = WORD, UID
    return item


def _measured() -> Dataset:
    item = Dataset()
    item.NumericValue = "5"
    item.MeasurementUnitsCodeSequence = Sequence([_code("mGy", "UCUM")])
    item.PatientName = NAME
    return item


def _reference() -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    item.ReferencedSOPInstanceUID = UID
    item.PatientID = WORD
    return item


@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(
    name=st.sampled_from(sorted(REPORTS)),
    place=st.integers(0, 5000),
    around=st.text(st.characters(codec="ascii"), max_size=12),
)
def test_no_text_planted_in_one_place_survives(name: str, place: int, around: str) -> None:
    dirty = planted_at(REPORTS[name], place, f"{around}{WORD}{around}")

    try:
        left = deidentified(dirty, GENEROUS, subject="A").dicom
    except NotDeidentifiableError as refused:
        left = str(refused).encode()

    assert leaks(left) == []
