"""How the measures of a body change with its weight, at one stature."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from dose_core.dosimetry.factors import rows
from dose_core.dosimetry.skin.body.proportions import Measures


def grown(body: Measures, growth: float) -> Measures:
    """
    Return the measures of a body that is ``growth`` times as thick: each times that to a power of its own.

    A waist deepens faster than a hip broadens, and a shoulder bone hardly moves. A measure without a power stays: the
    heights, the head, hands and feet.

    Source: the rows of ``body_growth.csv``.
    """
    powers = _powers()
    return {name: value * growth ** powers.get(name, 0.0) for name, value in body.items()}


@cache
def _powers() -> Mapping[str, float]:
    return MappingProxyType({row["measure"]: float(row["exponent"]) for row in rows("body_growth")})
