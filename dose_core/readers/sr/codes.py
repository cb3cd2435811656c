"""
The coded concepts that the readers know, and how a stated code is compared with them.

A concept is known by value and scheme, never by its meaning, which vendors vary. The same SNOMED
concept was coded three ways over the years: SRT (also SNM3, 99SDM), SCT, and by some vendors UMLS.

Source: PS3.16, Annex D (DCM) and the CIDs named below; PS3.16, Annex L for SRT and SCT of one concept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dose_core.model import Code

# Every code that a reader knows: an item that carries one is not taken for another concept by its meaning.
_KNOWN_CODES: set[tuple[str, str]] = set()


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept by its meaning in the standard, with each (value, scheme) that stands for it."""

    meaning: str
    codes: frozenset[tuple[str, str]]
    plain_meaning: str = field(init=False, compare=False)
    only_code: tuple[str, str] | None = field(init=False, compare=False)  # of a concept that has one coding

    def __post_init__(self) -> None:
        _KNOWN_CODES.update(self.codes)
        object.__setattr__(self, "plain_meaning", normalised(self.meaning))
        object.__setattr__(self, "only_code", next(iter(self.codes)) if len(self.codes) == 1 else None)


# PS3.16, 8.1: retired designators of the SNOMED RT codes.
_SRT_DESIGNATORS = frozenset({"SNM3", "99SDM"})


def dcm(value: str, meaning: str) -> Concept:
    """Return a concept of the DICOM Controlled Terminology."""
    return Concept(meaning, frozenset({(value, "DCM")}))


def snomed(sct: str, srt: str, meaning: str, umls: str | None = None) -> Concept:
    """Return a SNOMED concept with the codes that it had."""
    codes = {(sct, "SCT"), (srt, "SRT")}
    if umls:
        codes.add((umls, "UMLS"))
    return Concept(meaning, frozenset(codes))


def key_of(stated: Code) -> tuple[str, str]:
    """Return what a stated code is compared by: value and scheme, a retired scheme by the name it got."""
    scheme = stated.scheme
    return stated.value, "SRT" if scheme in _SRT_DESIGNATORS else scheme


def is_known(key: tuple[str, str]) -> bool:
    """Test if some reader knows the code, so that it means nothing else."""
    return key in _KNOWN_CODES


def is_same(stated: Code | None, concept: Concept) -> bool:
    """Test if a stated code, which may be absent, means the concept."""
    return stated is not None and key_of(stated) in concept.codes


def normalised(meaning: str) -> str:
    """Return a meaning as it is compared when no code fits: letters and digits in lower case."""
    return "".join(letter for letter in meaning.casefold() if letter.isalnum())


def is_meant(stated: Code | None, concept: Concept) -> bool:
    """
    Test if a stated code that no reader knows has the meaning of the concept.

    The last resort, never without a warning: devices misspell codes, and give one meaning to two of them.
    """
    if stated is None or stated.meaning is None or is_known(key_of(stated)):
        return False
    return normalised(stated.meaning) == concept.plain_meaning


def standard_meaning(stated: Code | None, concepts: Iterable[Concept]) -> str | None:
    """Return the meaning that the standard gives a code if it is one of ``concepts``, else the stated one."""
    if stated is None:
        return None
    known = next((concept.meaning for concept in concepts if is_same(stated, concept)), None)
    return known or stated.meaning or stated.value


# Document titles (TID 10001, 10011, 10021, 10030; 130500 heads the parts of TID 10040).
XRAY_DOSE_REPORT = dcm("113701", "X-Ray Radiation Dose Report")
RADIOPHARMACEUTICAL_DOSE_REPORT = dcm("113500", "Radiopharmaceutical Radiation Dose Report")
PATIENT_DOSE_REPORT = dcm("128401", "Patient Radiation Dose Report")
SIEMENS_DOSE_SUMMARY = Concept("Siemens radiation dose summary", frozenset({("C-10", "99SMS_RADSUM")}))

# TID 10011 and TID 1002, 1020, 1021
PROCEDURE_REPORTED = dcm("121058", "Procedure reported")
CT_XRAY = snomed("77477000", "P5-08000", "Computed Tomography X-Ray")
HAS_INTENT = snomed("363703001", "G-C0E8", "Has Intent")
START_OF_IRRADIATION = dcm("113809", "Start of X-Ray Irradiation")
END_OF_IRRADIATION = dcm("113810", "End of X-Ray Irradiation")
SCOPE_OF_ACCUMULATION = dcm("113705", "Scope of Accumulation")
SOURCE_OF_DOSE = dcm("113854", "Source of Dose Information")
COMMENT = dcm("121106", "Comment")
PERSON_NAME = dcm("113870", "Person Name")
PERSON_ROLE_IN_PROCEDURE = dcm("113875", "Person Role in Procedure")
IRRADIATION_AUTHORIZING = dcm("113850", "Irradiation Authorizing")
OBSERVER_TYPE = dcm("121005", "Observer Type")
OBSERVER_DEVICE = dcm("121007", "Device")
OBSERVER_NAME = dcm("121013", "Device Observer Name")
OBSERVER_MANUFACTURER = dcm("121014", "Device Observer Manufacturer")
OBSERVER_MODEL = dcm("121015", "Device Observer Model Name")
OBSERVER_SERIAL = dcm("121016", "Device Observer Serial Number")
DEVICE_ROLE = dcm("113876", "Device Role in Procedure")
IRRADIATING_DEVICE = dcm("113859", "Irradiating Device")
DEVICE_NAME = dcm("113877", "Device Name")
DEVICE_MANUFACTURER = dcm("113878", "Device Manufacturer")
DEVICE_MODEL = dcm("113879", "Device Model Name")
DEVICE_SERIAL = dcm("113880", "Device Serial Number")

# TID 10012
EVENT_COUNT = dcm("113812", "Total Number of Irradiation Events")
DLP_TOTAL = dcm("113813", "CT Dose Length Product Total")

# TID 10003 and 10013: rows that several kinds of events share
ACQUISITION_PROTOCOL = dcm("125203", "Acquisition Protocol")
TARGET_REGION = dcm("123014", "Target Region")
EVENT_UID = dcm("113769", "Irradiation Event UID")
DATE_TIME_STARTED = dcm("111526", "DateTime Started")
EXPOSURE_TIME = dcm("113824", "Exposure Time")
EXPOSURE_TIME_RETIRED = dcm("113735", "Exposure Time")
KVP = dcm("113733", "KVP")
TUBE_CURRENT = dcm("113734", "X-Ray Tube Current")
PHANTOM_TYPE = dcm("113835", "CTDIw Phantom Type")
SSDE = dcm("113930", "Size Specific Dose Estimation")

# PMMA cylinders that CTDI is stated for (IEC 60601-2-44; CID 4052), with their diameters in mm.
PHANTOM_DIAMETERS_MM = (
    (dcm("113690", "IEC Head Dosimetry Phantom"), 160),
    (dcm("113691", "IEC Body Dosimetry Phantom"), 320),
)

# CID 10000
SCOPES = (
    dcm("113014", "Study"),
    dcm("113015", "Series"),
    dcm("113016", "Performed Procedure Step"),
    dcm("113970", "Procedure Step To This Point"),
    dcm("113852", "Irradiation Event"),
)

# CID 10021 and, for what projection reports add, CID 10020
COMPUTED_FROM_IMAGES = dcm("113867", "Computed From Image Attributes")
DOSE_SOURCES = (
    dcm("113856", "Automated Data Collection"),
    dcm("113857", "Manual Entry"),
    dcm("113858", "MPPS Content"),
    dcm("113866", "Copied From Image Attributes"),
    COMPUTED_FROM_IMAGES,
    dcm("113868", "Derived From Human-Readable Reports"),
)

# CID 3629, the intents with a code in both SNOMED forms or in DCM
INTENTS = (
    snomed("261004008", "R-408C3", "Diagnostic Intent"),
    snomed("262202000", "R-41531", "Therapeutic Intent"),
    dcm("113680", "Quality Control Intent"),
)
