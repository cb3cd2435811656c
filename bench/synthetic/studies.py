"""
The studies that a synthetic database is made of: each kind once, as objects in the order in which a device sends them.

All of them are of one invented person on one day; what they state is that of ``tests/builders``.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bench.ct_reports import ROOT, ct_report_bytes
from dose_core.contract import Envelope, decode_envelope
from tests.builders import mammography, nuclear, projection_rdsr
from tests.builders.projection_image import dx_bytes
from tests.builders.sr import Concept, Item

BEGUN = datetime(2026, 3, 1, 10, 15)  # noqa: DTZ001 - scanners state local times; the day of tests/builders
PATIENT_ID, PATIENT_NAME, BIRTH_DATE = "INV-000000000", "Invented^Somebody 000000000", "1970-01-02"
ACCESSION_NUMBER = "A000000000"
SOMEBODY_ELSE = "INV-999999999"
_NUMBER_OF_THE_TEMPLATE = 777
_QUALITY_CONTROL: Concept = ("113680", "DCM", "Quality Control Intent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of study: how many of a thousand are of it, and its objects, given a root for UIDs and a device."""

    name: str
    weight: int
    modality: str
    objects: Callable[[str, Item], list[bytes]]


def root_of(number: int) -> str:
    """Return what all UIDs of a template begin with; nothing else begins so."""
    return f"{ROOT}.{_NUMBER_OF_THE_TEMPLATE}.{number:06}"


def envelopes(objects: list[bytes], root: str) -> list[Envelope]:
    """Return the objects as the plugin hands them in; their SOP Instance UIDs are numbered below the root."""
    return [decode_envelope(f"{root}.1.{n}", {}, dicom) for n, dicom in enumerate(objects)]


def _header(root: str, number: int = 0, **more: object) -> Item:
    return {
        "SOPInstanceUID": f"{root}.1.{number}",
        "StudyInstanceUID": f"{root}.2",
        "SeriesInstanceUID": f"{root}.3",
        "AccessionNumber": ACCESSION_NUMBER,
        "PatientID": PATIENT_ID,
        "IssuerOfPatientID": None,
        "PatientName": PATIENT_NAME,
        "PatientBirthDate": BIRTH_DATE.replace("-", ""),
        "PatientSex": "F",
        **more,
    }


def _report(root: str, device: Item, number: int, events: int, **header: object) -> bytes:
    chance = random.Random(root)  # noqa: S311 - the events of a later report are those of the earlier and more
    stated = {**device, **_header(root, number, **header)}
    return ct_report_bytes(root, BEGUN, chance, events=events, **stated)


def _ct(*deliveries: int) -> Callable[[str, Item], list[bytes]]:
    return lambda root, device: [_report(root, device, number, events) for number, events in enumerate(deliveries)]


def _quality_control(root: str, device: Item) -> list[bytes]:
    return [_report(root, device, 0, 1, intent=_QUALITY_CONTROL)]


def _two_people(root: str, device: Item) -> list[bytes]:
    return [_report(root, device, 0, 2), _report(root, device, 1, 2, PatientID=SOMEBODY_ELSE)]


def _radiographs(root: str, device: Item) -> list[bytes]:
    return [
        dx_bytes(
            **_header(root, n),
            **device,
            IrradiationEventUID=f"{root}.7.{n}",
            ViewPosition=view,
            InstanceNumber=str(n + 1),
        )
        for n, view in enumerate(("PA", "LL"))
    ]


def _mammograms(root: str, device: Item) -> list[bytes]:
    sides = (mammography.LEFT, mammography.LEFT, mammography.RIGHT, mammography.RIGHT)
    events = [mammography.left_cc(f"{root}.7.{n}", agd_mgy=f"1.{n}7", side=side) for n, side in enumerate(sides)]
    total = (
        mammography.agd_total("2.24", mammography.LEFT_BREAST),
        mammography.agd_total("2.64", mammography.RIGHT_BREAST),
    )
    return [mammography.mammography_rdsr_bytes(mammography.accumulated(*total), *events, **_header(root), **device)]


def _fluoroscopy(events: int) -> Callable[[str, Item], list[bytes]]:
    def objects(root: str, device: Item) -> list[bytes]:
        made = [projection_rdsr.whole_fluoroscopy(uid=f"{root}.7.{n}") for n in range(events)]
        total = projection_rdsr.totals(f"{0.0002 * events:.4f}", f"{0.01 * events:.2f}")
        content = (*projection_rdsr.observer(f"{root}.9"), total, *made)
        return [projection_rdsr.projection_rdsr_bytes(*content, **_header(root), **device)]

    return objects


def _scintigraphy(root: str, device: Item) -> list[bytes]:
    return [nuclear.rrdsr_bytes(nuclear.administration(uid=f"{root}.7.0"), **_header(root), **device)]


# Ours, after what hospitals with all modalities report of themselves; four events per exam in the mean.
KINDS = (
    Kind(name="CT, 2 events", weight=120, modality="CT", objects=_ct(2)),
    Kind(name="CT, 4 events", weight=220, modality="CT", objects=_ct(4)),
    Kind(name="CT, 7 events", weight=60, modality="CT", objects=_ct(7)),
    Kind(name="CT, cumulative", weight=70, modality="CT", objects=_ct(1, 2, 4)),
    Kind(name="CT, of two people", weight=2, modality="CT", objects=_two_people),
    Kind(name="CT, quality control", weight=5, modality="CT", objects=_quality_control),
    Kind(name="radiographs", weight=300, modality="DX", objects=_radiographs),
    Kind(name="mammography", weight=90, modality="MG", objects=_mammograms),
    Kind(name="fluoroscopy, 8 events", weight=60, modality="XA", objects=_fluoroscopy(8)),
    Kind(name="intervention, 60 events", weight=13, modality="XA", objects=_fluoroscopy(60)),
    Kind(name="nuclear medicine", weight=60, modality="NM", objects=_scintigraphy),
)
