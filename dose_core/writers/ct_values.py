"""
What one CT irradiation event states, by the concepts of TID 10013 with 10014.

Source: PS3.16, these templates.
"""

from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import ExamEvent
from dose_core.ledger.source import Source
from dose_core.model import AcquisitionType, Code, XRaySource
from dose_core.units import MGY_CM
from dose_core.writers import concepts as c
from dose_core.writers.ct_dose_check import dose_checks
from dose_core.writers.measured import measured
from dose_core.writers.templates.fill import Given, Measured, With
from dose_core.writers.valid import shown, writable

_PARAMETERS = {
    "Exposure Time": "exposure_time_s",
    "Scanning Length": "scanning_length_mm",
    "Nominal Single Collimation Width": "single_collimation_mm",
    "Nominal Total Collimation Width": "total_collimation_mm",
    "Pitch Factor": "pitch",
}
_OF_SOURCE = {
    "KVP": "kv",
    "Maximum X-Ray Tube Current": "ma_max",
    "X-Ray Tube Current": "ma_mean",
    "Exposure Time per Rotation": "rotation_time_s",
}
_X_RAY_SOURCES = "{X-Ray sources}"


def event_values(counted: ExamEvent, device: Sequence[Dataset], *, comment: str) -> Given:
    """Return what a report states of one event; the event must have passed ``ct_requirements``."""
    event = counted.event
    given: dict[str, Any] = {
        "Target Region": writable(event.target_region) or c.UNKNOWN,
        "CT Acquisition Type": c.ACQUISITION_TYPES[event.acquisition_type] if event.acquisition_type else c.UNKNOWN,
        "Irradiation Event UID": counted.event_uid,
        "CT Acquisition Parameters": With(below=_parameters(counted)),
        "Device Role in Procedure": device,
    }
    texts = {"Acquisition Protocol": event.protocol, "X-Ray Modulation Type": event.modulation, "Comment": comment}
    given |= {name: text for name, text in texts.items() if shown(text)}
    if event.started_at:
        given["DateTime Started"] = event.started_at
    if has_dose(counted):
        given["CT Dose"] = With(below=_dose(counted))
    return given


def has_dose(counted: ExamEvent) -> bool:
    """
    Test if an event has a CT Dose container: all but localizers, and those of which a device states a dose.

    Source: PS3.16, TID 10013, row 21.
    """
    event = counted.event
    is_stated = event.ctdi_vol_mgy is not None or event.dlp_mgy_cm is not None
    is_localizer = event.acquisition_type is AcquisitionType.CONSTANT_ANGLE
    return not is_localizer or (is_stated and counted.source is not Source.IMAGE_HEADER)


def dlp_of(counted: ExamEvent) -> float | None:
    """Return the DLP of an event in mGy.cm: the stated one, else what was computed from its images."""
    estimate = counted.dlp_estimate
    computed = estimate.value if isinstance(estimate, Estimate) else None
    return counted.event.dlp_mgy_cm if counted.event.dlp_mgy_cm is not None else computed


def phantom_code(diameter_mm: int | None) -> Code:
    """Return the phantom (CID 4052), Unknown where nobody states it."""
    return c.PHANTOMS.get(diameter_mm or 0, c.UNKNOWN)


def _parameters(counted: ExamEvent) -> Given:
    """
    Return the parameters; those that nobody states are written as unknown.

    Exposure Time (0018,1150) of an image is that of its rotation, not of the event; the scanned length is longer than
    the reconstructed one; and only a dose report lists all tubes, so that they can be counted.
    """
    event = counted.event
    sources = [_source(source, position) for position, source in enumerate(event.sources or (XRaySource(),), start=1)]
    given: dict[str, Any] = {**measured(event, _PARAMETERS), "CT X-Ray Source Parameters": sources}
    if event.sources and counted.source is Source.RDSR:
        given["Number of X-Ray Sources"] = Measured(value=len(event.sources), unit=_X_RAY_SOURCES)
    return given


def _source(source: XRaySource, position: int) -> With:
    return With(below={"Identification of the X-Ray Source": str(position), **measured(source, _OF_SOURCE)})


def _dose(counted: ExamEvent) -> Given:
    event = counted.event
    given: dict[str, Any] = {
        "Mean CTDIvol": Measured(value=event.ctdi_vol_mgy, unit="mGy"),
        "CTDIw Phantom Type": phantom_code(event.phantom_diameter_mm),
        "DLP": Measured(value=dlp_of(counted), unit=MGY_CM),
    }
    # What a device estimated; by which method the exam does not tell, and the row wants one.
    given |= measured(event, {"Size Specific Dose Estimate": "ssde_mgy"})
    return {**given, **dose_checks(event)}
