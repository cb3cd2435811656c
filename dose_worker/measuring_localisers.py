"""Measure the patient in CT localisers, where the slices of a scan show no size and the device is calibrated."""

from collections.abc import Mapping, Sequence

from dose_core.dosimetry.ct_size.localiser import calibration_for, dw_mm_at
from dose_core.estimating.ct_slices import LocaliserLines, is_enough
from dose_services.ct_sizes import Wanted
from dose_services.localiser_calibrations import KeptLocaliserCalibration
from dose_worker.ct_images import CtImages, Reconstruction, ShownLocaliser

_NOT_CALIBRATED = "the localisers of the device are not calibrated"
_NONE_FITS = "no localiser shows the scan in a way for which the device is calibrated"


def by_localisers(
    images: CtImages, wanted: Wanted, scans: Mapping[str, Reconstruction]
) -> tuple[tuple[LocaliserLines, ...], str | None]:
    """
    Return what calibrated localisers show at the places of each scan's slices, and why not of all of them.

    Without a calibration of the device nothing is fetched. Raises as ``CtImages`` does.
    """
    if wanted.localisers is None:
        return (), _NOT_CALIBRATED
    shown = images.localisers(wanted.study_instance_uid)
    found = [_best(shown, event_uid, scans[event_uid], wanted.localisers) for event_uid in sorted(scans)]
    told = tuple(one for one in found if one is not None)
    return told, None if len(told) == len(scans) else _NONE_FITS


def _best(
    shown: Sequence[ShownLocaliser], event_uid: str, scan: Reconstruction, kept: KeptLocaliserCalibration
) -> LocaliserLines | None:
    """Return what the localiser that shows most of a scan tells of it, ``None`` if none shows a fair part."""
    told = [lines for one in shown if (lines := _lines(one, event_uid, scan, kept)) is not None]
    return min(told, key=lambda one: (-len(one.dw_mm), one.sop_instance_uid)) if told else None


def _lines(
    shown: ShownLocaliser, event_uid: str, scan: Reconstruction, kept: KeptLocaliserCalibration
) -> LocaliserLines | None:
    calibration = calibration_for(shown.localiser, kept.calibrations)
    if calibration is None or shown.frame_of_reference_uid is None:
        return None
    if shown.frame_of_reference_uid != scan.frame_of_reference_uid:
        return None
    places = [held.z_mm for held in scan.slices]
    seen = [
        (z_mm, dw_mm)
        for z_mm, dw_mm in zip(places, dw_mm_at(shown.localiser, calibration, places), strict=True)
        if dw_mm is not None
    ]
    if not is_enough(len(seen), len(places)):
        return None
    return LocaliserLines(
        event_uid=event_uid,
        series_instance_uid=shown.series_instance_uid,
        sop_instance_uid=shown.sop_instance_uid,
        z_mm=tuple(z_mm for z_mm, _ in seen),
        dw_mm=tuple(dw_mm for _, dw_mm in seen),
        calibration_version=kept.version,
    )
