"""
The invented hospital: people, scanners and studies, fixed, so that each run sends the same objects again.

Nobody here exists. Values are plausible for their protocol and consistent: DLP is CTDIvol times length.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

AUTHORITY = "DEMO"  # assigning authority of all patient identifiers
TIMEZONE = "Europe/Berlin"
_NAMESPACE = UUID("5c6f0f5e-6c3c-4f0b-9d53-0d6b1f6f2a10")  # drawn once for the demo
_MM_PER_CM = 10.0


def uid_of(*parts: object) -> str:
    """Return a UID under 2.25 (PS3.5, B.2) that is always the same for the same words."""
    return f"2.25.{uuid5(_NAMESPACE, '/'.join(map(str, parts))).int}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented patient."""

    identifier: str
    name: str  # DICOM PN
    birth_date: date
    sex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """An invented CT scanner, and the AE title that it calls with."""

    ae_title: str
    manufacturer: str
    model: str
    serial_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """One irradiation event; its dose follows from CTDIvol and length."""

    protocol: str
    ctdi_vol_mgy: float
    length_mm: float
    phantom_diameter_mm: int
    kv: float
    ma: float
    pitch: float
    exposure_time_s: float

    @property
    def dlp_mgy_cm(self) -> float:
        """CTDIvol times length, rounded as a console would show it."""
        return round(self.ctdi_vol_mgy * self.length_mm / _MM_PER_CM, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One CT study; ``sends_report`` says whether the scanner sends a dose report or images alone."""

    key: str
    person: Person
    scanner: Scanner
    description: str
    accession_number: str
    started_at: datetime  # local time of the site
    acquisitions: tuple[Acquisition, ...]
    sends_report: bool = True

    @property
    def study_instance_uid(self) -> str:
        """The Study Instance UID (0020,000D)."""
        return uid_of("study", self.key)

    @property
    def dlp_mgy_cm(self) -> float:
        """The DLP of the whole study."""
        return round(sum(acquisition.dlp_mgy_cm for acquisition in self.acquisitions), 2)

    def event_uid(self, number: int) -> str:
        """Return the irradiation event UID of the acquisition with this number, from 1."""
        return uid_of("event", self.key, number)


ANNA = Person(identifier="DEMO-0001", name="Example^Anna", birth_date=date(1961, 4, 12), sex="F")
BRUNO = Person(identifier="DEMO-0002", name="Sample^Bruno", birth_date=date(1975, 9, 30), sex="M")
CARA = Person(identifier="DEMO-0003", name="Placeholder^Cara", birth_date=date(1988, 1, 5), sex="F")
# Cara came by ambulance and was registered a second time; the two records are merged later.
UNKNOWN = Person(identifier="DEMO-0900", name="Unknown^Ambulance", birth_date=date(1900, 1, 1), sex="F")
DORA = Person(identifier="DEMO-0004", name="Specimen^Dora", birth_date=date(1950, 11, 20), sex="F")
PEOPLE = (ANNA, BRUNO, CARA, UNKNOWN, DORA)
BRUNO_NEW_NAME = "Sample-Invented^Bruno"

CT_ONE = Scanner(ae_title="DEMO_CT1", manufacturer="Imaginary Imaging", model="Ring 64", serial_number="R64-1")
CT_TWO = Scanner(ae_title="DEMO_CT2", manufacturer="Fictional Devices", model="Torus 128", serial_number="T128-7")
# Sends images only, as older scanners do.
CT_SILENT = Scanner(ae_title="DEMO_CT3", manufacturer="Imaginary Imaging", model="Ring 16", serial_number="R16-3")
SCANNERS = (CT_ONE, CT_TWO, CT_SILENT)

_CHEST = Acquisition(
    protocol="Chest routine",
    ctdi_vol_mgy=5.4,
    length_mm=340.0,
    phantom_diameter_mm=320,
    kv=100.0,
    ma=140.0,
    pitch=1.2,
    exposure_time_s=4.6,
)
_ABDOMEN = Acquisition(
    protocol="Abdomen portal venous",
    ctdi_vol_mgy=9.8,
    length_mm=460.0,
    phantom_diameter_mm=320,
    kv=120.0,
    ma=190.0,
    pitch=1.0,
    exposure_time_s=7.1,
)
_HEAD = Acquisition(
    protocol="Head spiral",
    ctdi_vol_mgy=48.5,
    length_mm=160.0,
    phantom_diameter_mm=160,
    kv=120.0,
    ma=280.0,
    pitch=0.55,
    exposure_time_s=6.3,
)
# The silent scanner's slices state this; 30 slices of 5 mm make the length.
_THORAX_NATIVE = Acquisition(
    protocol="Thorax native",
    ctdi_vol_mgy=6.0,
    length_mm=150.0,
    phantom_diameter_mm=320,
    kv=120.0,
    ma=110.0,
    pitch=1.0,
    exposure_time_s=3.0,
)
_THORAX_CONTRAST = Acquisition(
    protocol="Thorax contrast",
    ctdi_vol_mgy=8.0,
    length_mm=150.0,
    phantom_diameter_mm=320,
    kv=120.0,
    ma=145.0,
    pitch=1.0,
    exposure_time_s=3.0,
)

# Times are naive on purpose: a scanner states local time, and the site's zone gives it its place.
ANNA_CHEST = Study(
    key="anna-chest",
    person=ANNA,
    scanner=CT_ONE,
    description="CT chest",
    accession_number="DEMO-A-0001",
    started_at=datetime(2025, 3, 4, 9, 15),  # noqa: DTZ001 local time of the scanner, as DICOM states it
    acquisitions=(_CHEST,),
)
ANNA_FOLLOW_UP = Study(
    key="anna-follow-up",
    person=ANNA,
    scanner=CT_TWO,
    description="CT chest and abdomen",
    accession_number="DEMO-A-0002",
    started_at=datetime(2026, 2, 17, 14, 40),  # noqa: DTZ001 as above
    acquisitions=(_CHEST, _ABDOMEN),
)
BRUNO_HEAD = Study(
    key="bruno-head",
    person=BRUNO,
    scanner=CT_TWO,
    description="CT head",
    accession_number="DEMO-B-0001",
    started_at=datetime(2026, 5, 8, 22, 5),  # noqa: DTZ001 as above
    acquisitions=(_HEAD,),
)
CARA_ABDOMEN = Study(
    key="cara-abdomen",
    person=CARA,
    scanner=CT_TWO,
    description="CT abdomen",
    accession_number="DEMO-C-0001",
    started_at=datetime(2024, 10, 1, 11, 0),  # noqa: DTZ001 as above
    acquisitions=(_ABDOMEN,),
)
AMBULANCE_HEAD = Study(
    key="ambulance-head",
    person=UNKNOWN,
    scanner=CT_ONE,
    description="CT head, emergency",
    accession_number="DEMO-X-0001",
    started_at=datetime(2026, 6, 20, 3, 33),  # noqa: DTZ001 as above
    acquisitions=(_HEAD,),
)
DORA_THORAX = Study(
    key="dora-thorax",
    person=DORA,
    scanner=CT_SILENT,
    description="CT thorax",
    accession_number="DEMO-D-0001",
    started_at=datetime(2026, 7, 2, 10, 20),  # noqa: DTZ001 as above
    acquisitions=(_THORAX_NATIVE, _THORAX_CONTRAST),
    sends_report=False,
)
REPORTED_STUDIES = (ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO_HEAD, CARA_ABDOMEN, AMBULANCE_HEAD)
