"""
Estimate the DLP of one CT irradiation event from the headers of its images.

DLP is CTDIvol times the irradiated length (IEC 60601-2-44, 203.115). Images tell the length that was
reconstructed, not the length that was irradiated: at both ends of a spiral the tube turns on before
the first slice and off behind the last (over-ranging), so that the estimate is too low by a part that
the headers do not tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dose_core.dosimetry.ct_over_ranging import Scan, not_shown
from dose_core.dosimetry.estimate import Estimate, Input, Interval, NotComputable

METHOD_ID = "ct-dlp-from-image-headers"
METHOD_VERSION = "3"
_MM_PER_CM = 10.0
_SOURCE = "IEC 60601-2-44, 203.115: DLP is CTDIvol times the irradiated length"


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceDose:
    """What one slice contributes: its centre along the patient axis, its thickness and its CTDIvol."""

    z_mm: float | None
    thickness_mm: float | None
    ctdi_vol_mgy: float | None


def estimate_dlp(slices: Sequence[SliceDose], scan: Scan) -> Estimate | NotComputable:
    """
    Return the DLP in mGy.cm: mean CTDIvol times the length from the first slice's edge to the last one's.

    The slices are those of one reconstruction of one event, in any order; several at one position
    (a second reconstruction, a dynamic study) must have been set apart before. ``scan`` bounds what they do not show.
    """
    doses = [s.ctdi_vol_mgy for s in slices if s.ctdi_vol_mgy is not None]
    edges = sorted(
        (s.z_mm - s.thickness_mm / 2, s.z_mm + s.thickness_mm / 2)
        for s in slices
        if s.z_mm is not None and s.thickness_mm is not None
    )
    missing = tuple(
        name
        for name, absent in (
            ("CTDIvol (0018,9345)", len(doses) < max(1, len(slices))),
            ("Image Position (Patient) (0020,0032) or Slice Thickness (0018,0050)", len(edges) < max(1, len(slices))),
        )
        if absent
    )
    if missing:
        return NotComputable(missing=missing, reason="each slice of the event must state its CTDIvol and its extent")
    length_mm = max(upper for _, upper in edges) - edges[0][0]
    mean_mgy = sum(doses) / len(doses)
    value = mean_mgy * length_mm / _MM_PER_CM
    bound = not_shown(scan, gap_mm=_widest_gap_mm(edges))
    return Estimate(
        value=value,
        unit="mGy.cm",
        interval=Interval(
            low=value, high=value + mean_mgy * bound.length_mm / _MM_PER_CM, coverage=None, source=bound.source
        ),
        method_id=METHOD_ID,
        method_version=METHOD_VERSION,
        inputs=(
            Input(name="mean CTDIvol", value=mean_mgy, unit="mGy"),
            Input(name="reconstructed length", value=length_mm, unit="mm"),
            Input(name="longest irradiated length beyond it", value=bound.length_mm, unit="mm"),
        ),
        source=_SOURCE,
        caveats=(*bound.caveats, "the reconstructed length stands for the irradiated length"),
    )


def _widest_gap_mm(edges: Sequence[tuple[float, float]]) -> float:
    """Return the widest distance between neighbouring slices, 0 where they touch or overlap."""
    return max([0.0, *(lower - upper for (_, upper), (lower, _) in pairwise(edges))])
