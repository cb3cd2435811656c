"""Estimates that were kept before each had an interval: with the one that the method gives today."""

from collections.abc import Sequence
from dataclasses import replace

from dose_core.dosimetry.ct_dlp_from_images import SliceDose, estimate_dlp
from dose_core.dosimetry.ct_over_ranging import Scan
from dose_core.dosimetry.estimate import Estimate, NotComputable

_MM_PER_CM = 10.0


def with_interval(
    value: float, *, ctdi_vol_mgy: float | None, scan: Scan, method_version: str, caveats: Sequence[str]
) -> Estimate | NotComputable:
    """
    Return a DLP from image headers, in mGy.cm, that an earlier release computed, with its interval.

    Value, version and caveats stay; the length that was irradiated follows from the value and the mean CTDIvol, of
    which that release made it. Without CTDIvol the result is a refusal, for the interval depends on it.
    """
    length_mm = value / ctdi_vol_mgy * _MM_PER_CM if ctdi_vol_mgy else 0.0
    now = estimate_dlp((SliceDose(z_mm=0.0, thickness_mm=length_mm, ctdi_vol_mgy=ctdi_vol_mgy),), scan)
    if isinstance(now, NotComputable):
        return now
    return replace(now, value=value, method_version=method_version, caveats=tuple(caveats))
