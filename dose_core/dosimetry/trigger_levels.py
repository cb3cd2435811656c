"""
Which published dose levels a fluoroscopically guided exam has reached: told during it, or to be followed up after it.

They are levels of dose indicators, made so that nobody is forgotten. A level says nothing of what the skin will show,
and to be below it does not say that nothing will.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import isinf

from dose_core.dosimetry.factors import rows

_TABLE = "ir_trigger_levels"


class Indicator(StrEnum):
    """What is compared; the unit is in the name. Air kerma is that of one plane, for it is never added over planes."""

    PEAK_SKIN_DOSE = "peak_skin_dose_mgy"
    KA_R = "ka_r_mgy"
    DAP = "dap_gy_cm2"
    FLUORO_TIME = "fluoro_time_s"


class Action(StrEnum):
    """What the publication asks for once the level is reached."""

    NOTIFICATION = "notification"  # of the operator, during the procedure
    FOLLOW_UP = "follow_up"  # the patient is told, and the skin looked at later
    SKIN_DOSE_BY_PHYSICIST = "skin_dose_by_physicist"  # a physicist calculates the peak skin dose
    RISK_MANAGEMENT = "risk_management"  # of the hospital: it may be a sentinel event


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of one publication. ``every`` is the step by which a notification repeats; units as ``indicator``."""

    scheme: str
    indicator: Indicator
    action: Action
    level: float
    every: float | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """
    A level that was reached, and the value that reached it.

    ``times`` is 1, and more for a notification that repeats: 5.2 Gy at "3 Gy, then every 1 Gy" is three.
    """

    level: Level
    value: float
    times: int = 1


@cache
def published_levels() -> tuple[Level, ...]:
    """
    Return the levels whose digits were checked, in the order of the table.

    Source: the publication that each names, see ``factors/ir_trigger_levels.csv``.
    """
    return tuple(
        Level(
            scheme=row["scheme"],
            indicator=Indicator(row["quantity"]),
            action=Action(row["action"]),
            level=float(row["level"]),
            every=float(row["every"]) if row["every"] else None,
            source=row["source"],
        )
        for row in rows(_TABLE)
    )


def passed(levels: Iterable[Level], values: Mapping[Indicator, float | None]) -> tuple[Passed, ...]:
    """
    Return the levels that were reached, in their order; a value that is exactly the level reaches it.

    What is not stated (absent, or ``None``) reaches nothing, which does not tell that it was low: say so beside it.
    """
    return tuple(
        Passed(level=level, value=value, times=_times(level, value))
        for level in levels
        if (value := values.get(level.indicator)) is not None and value >= level.level
    )


def _times(level: Level, value: float) -> int:
    return 1 if level.every is None or isinf(value) else 1 + int((value - level.level) / level.every)
