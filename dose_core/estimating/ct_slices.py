"""What was measured in the slices of one CT event, and what of it methods are given."""

from dataclasses import dataclass, replace

from dose_core.dosimetry.estimate import NotComputable
from dose_core.estimating.case import MeasuredSize

# Below a fifth of the outline "the WED is only underestimated by a small percentage", above by 5 to 7 % and more
# ("Influence of image truncation on the calculation of water equivalent diameter in CT examinations", P014, abstract).
_LARGEST_CUT_SHARE = 0.2
# Ours: with fewer slices left, what is left is no fair part of the scan.
_SMALLEST_PART = 0.5
METHOD, LOCALISER_METHOD = "slices", "localiser"
# AAPM Report 220, figure 3.
_OFF_CENTRE = "a patient off the isocentre appears wider or narrower in a localiser"
# AAPM Report 220, figure 2: "the use of effective diameter will overestimate Dw in the thorax".
_EFFECTIVE = (
    "the field of view cuts the patient off: the effective diameter stands for the water-equivalent one; it counts "
    "lungs as water, so that the SSDE of a chest is too low"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSlices:
    """
    The slices of one reconstruction of a CT event that show a patient, in the order of their places.

    All tuples run in step. ``cut_share`` is the part of the patient's outline at the edge of the field of view.
    ``effective_mm`` is ``None`` where that edge hides how far the patient reaches; it is empty where it was measured
    before that was asked. The slice that ``sop_instance_uid`` names is the one in the middle.
    """

    event_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    z_mm: tuple[float, ...]
    dw_mm: tuple[float, ...]
    ctdi_vol_mgy: tuple[float | None, ...]
    cut_share: tuple[float, ...]
    effective_mm: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LocaliserLines:
    """The water-equivalent diameters of a CT event at the places of its slices, from a localiser; both run in step."""

    event_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    z_mm: tuple[float, ...]
    dw_mm: tuple[float, ...]
    calibration_version: int


def size_of_localiser(lines: LocaliserLines) -> MeasuredSize:
    """Return the size that a localiser shows; it states no dose."""
    return MeasuredSize(
        event_uid=lines.event_uid,
        dw_mm=lines.dw_mm,
        z_mm=lines.z_mm,
        ctdi_vol_mgy=(None,) * len(lines.dw_mm),
        series_instance_uid=lines.series_instance_uid,
        sop_instance_uid=lines.sop_instance_uid,
        method=LOCALISER_METHOD,
        caveats=(f"by calibration {lines.calibration_version} of the device", _OFF_CENTRE),
    )


def is_enough(usable: int, of: int) -> bool:
    """Tell if so many places are a fair part of a scan."""
    return usable > 0 and usable >= _SMALLEST_PART * of


def size_of(slices: MeasuredSlices) -> MeasuredSize | NotComputable:
    """
    Return the sizes that may be used: those of slices of which the field of view cuts off little.

    If that is less than half of them, it is the effective diameter of those whose sides are all seen.
    """
    count = len(slices.dw_mm)
    usable = [n for n, share in enumerate(slices.cut_share) if share <= _LARGEST_CUT_SHARE]
    left_out = count - len(usable)
    if is_enough(len(usable), count):
        touched = sum(slices.cut_share[n] > 0 for n in usable)
        size = _used(slices, usable, _caveats(left_out, touched, count))
        return replace(size, dw_mm=tuple(slices.dw_mm[n] for n in usable))
    whole = {n: diameter_mm for n, diameter_mm in enumerate(slices.effective_mm) if diameter_mm is not None}
    if is_enough(len(whole), count):
        size = _used(slices, list(whole), (_EFFECTIVE, *_unseen(count - len(whole), count)))
        return replace(size, effective_mm=tuple(whole.values()))
    return NotComputable(
        missing=("the whole patient in the images",),
        reason=f"in {left_out} of {count} slices the field of view cuts off over a fifth of the outline, and in "
        f"{count - len(whole)} a side of the patient; no uncertainty is published of factors for one diameter alone",
    )


def _used(slices: MeasuredSlices, usable: list[int], caveats: tuple[str, ...]) -> MeasuredSize:
    return MeasuredSize(
        event_uid=slices.event_uid,
        dw_mm=(),
        z_mm=tuple(slices.z_mm[n] for n in usable),
        ctdi_vol_mgy=tuple(slices.ctdi_vol_mgy[n] for n in usable),
        series_instance_uid=slices.series_instance_uid,
        sop_instance_uid=slices.sop_instance_uid,
        method=METHOD,
        truncated_slices=len(slices.dw_mm) - len(usable),
        caveats=caveats,
    )


def _unseen(left_out: int, count: int) -> tuple[str, ...]:
    return (f"{left_out} of {count} slices are left out: the field of view cuts off a side",) if left_out else ()


def _caveats(left_out: int, touched: int, count: int) -> tuple[str, ...]:
    told = []
    if left_out:
        told.append(
            f"{left_out} of {count} slices are left out: the field of view cuts off more than a fifth of the outline"
        )
    if touched:
        told.append(
            f"in {touched} of {count} slices the field of view cuts the patient off a little: the size is too small"
        )
    return tuple(told)
