"""Doses of several irradiation events, added."""

from collections.abc import Sequence
from math import fsum

from dose_core.dosimetry.estimate import Estimate, Interval


def summed(doses: Sequence[Estimate]) -> Estimate:
    """
    Return the sum of what irradiation events gave; intervals add, since one factor errs alike in all of them.

    ``doses`` are of one method and unit, and at least one.
    """
    first = doses[0]
    return Estimate(
        value=fsum(one.value for one in doses),
        unit=first.unit,
        interval=Interval(
            low=fsum(one.interval.low for one in doses),
            high=fsum(one.interval.high for one in doses),
            coverage=None,
            source="; ".join(dict.fromkeys(one.interval.source for one in doses)),
        ),
        method_id=first.method_id,
        method_version=first.method_version,
        inputs=tuple(made_of for one in doses for made_of in one.inputs),
        source="; ".join(dict.fromkeys(one.source for one in doses)),
        caveats=tuple(dict.fromkeys(caveat for one in doses for caveat in one.caveats)),
    )
