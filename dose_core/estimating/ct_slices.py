"""What was measured in the slices of one CT event, and what of it methods are given."""

from dataclasses import dataclass

from dose_core.dosimetry.estimate import NotComputable
from dose_core.estimating.case import MeasuredSize

# Below a fifth of the outline "the WED is only underestimated by a small percentage", above by 5 to 7 % and more
# ("Influence of image truncation on the calculation of water equivalent diameter in CT examinations", P014, abstract).
_LARGEST_CUT_SHARE = 0.2
# Ours: with fewer slices left, what is left is no fair part of the scan.
_SMALLEST_PART = 0.5
METHOD = "slices"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSlices:
    """
    The slices of one reconstruction of a CT event that show a patient, in the order of their places.

    All tuples run in step. ``cut_share`` is the part of the patient's outline at the edge of the field of view. The
    slice that ``sop_instance_uid`` names is the one in the middle.
    """

    event_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    z_mm: tuple[float, ...]
    dw_mm: tuple[float, ...]
    ctdi_vol_mgy: tuple[float | None, ...]
    cut_share: tuple[float, ...]


def size_of(slices: MeasuredSlices) -> MeasuredSize | NotComputable:
    """Return the sizes that may be used: those of slices of which the field of view cuts off little."""
    usable = [n for n, share in enumerate(slices.cut_share) if share <= _LARGEST_CUT_SHARE]
    count = len(slices.dw_mm)
    if not usable or len(usable) < _SMALLEST_PART * count:
        return NotComputable(
            missing=("the whole patient in the images",),
            reason=f"in {count - len(usable)} of {count} slices the field of view cuts off over a fifth of the outline",
        )
    touched = sum(slices.cut_share[n] > 0 for n in usable)
    return MeasuredSize(
        event_uid=slices.event_uid,
        dw_mm=tuple(slices.dw_mm[n] for n in usable),
        z_mm=tuple(slices.z_mm[n] for n in usable),
        ctdi_vol_mgy=tuple(slices.ctdi_vol_mgy[n] for n in usable),
        series_instance_uid=slices.series_instance_uid,
        sop_instance_uid=slices.sop_instance_uid,
        method=METHOD,
        truncated_slices=count - len(usable),
        caveats=_caveats(count - len(usable), touched, count),
    )


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
