"""
Which slices of an irradiation event tell its length, and when none can.

One event is reconstructed many times, in whole or in parts, so one slice speaks for each position. But
images do not tell how often a position was irradiated: where a scan comes back to a position
(perfusion, cine, several scans under one acquisition number) length times CTDIvol is not the dose.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from dose_core.dosimetry.estimate import NotComputable
from dose_core.ledger.exam import CtStatement
from dose_core.ledger.from_reports import moment
from dose_core.model import CtSlice

_Bound = TypeVar("_Bound", str, float)

REPEATED = NotComputable(
    missing=("how often each position was irradiated",),
    reason="a series holds several images at one position, as of a dynamic scan or of several phases",
)
AT_ANOTHER_TIME = NotComputable(
    missing=("how often each position was irradiated",),
    reason="another series of the event shows the same positions at another time, as of a dynamic scan",
)
UNDER_ONE_NUMBER = NotComputable(
    missing=("Irradiation Event UID (0008,3010)",),
    reason="series of several times or places share one acquisition number, so that they may be several scans",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconstruction:
    """One slice per position of the event, in order of place; ``refusal`` tells why they make no DLP."""

    slices: tuple[CtStatement, ...]
    refusal: NotComputable | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """One series of the event: a slice for each position, and all times of its slices if all state one."""

    uid: str
    slices: tuple[CtStatement, ...]
    has_repeats: bool
    times: tuple[str, str] | None

    @property
    def is_original(self) -> bool:
        return slice_of(self.slices[0]).image_type[:1] == ("ORIGINAL",)

    @property
    def extent(self) -> tuple[float, float] | None:
        z_mm = [z for z in map(z_of, self.slices) if z is not None]
        return (min(z_mm), max(z_mm)) if z_mm else None

    @property
    def rank(self) -> tuple[bool, float, int, str]:
        length_mm = self.extent[1] - self.extent[0] if self.extent else 0.0
        return self.is_original, length_mm, len(self.slices), self.uid


def reconstruction_of(members: Sequence[CtStatement], *, is_one_event: bool) -> Reconstruction:
    """
    Return the slices that show most of an event: those of one series, and what others show beyond it.

    ``is_one_event`` tells that a device named the event. Images gathered by acquisition number may be
    of several scans, and then nothing is known of what lies between two series.
    """
    ranked = sorted(_series(members), key=lambda one: one.rank, reverse=True)
    lead = ranked[0]
    others = [one for one in ranked[1:] if one.is_original == lead.is_original and one.extent]
    apart = [one for one in others if _are_disjoint(lead.times, one.times)]
    refusal = None
    if lead.has_repeats or any(one.has_repeats for one in others):
        refusal = REPEATED
    elif any(not _are_disjoint(lead.extent, one.extent) for one in apart):
        refusal = AT_ANOTHER_TIME if is_one_event else UNDER_ONE_NUMBER
    slices = list(lead.slices)
    for one in others:
        beyond = _beyond(slices, one)
        if beyond and not is_one_event and (one in apart or lead.times is None or one.times is None):
            refusal = refusal or UNDER_ONE_NUMBER
        else:
            slices += beyond
    return Reconstruction(slices=tuple(sorted(slices, key=place)), refusal=refusal)


def one_slice_each(statements: Sequence[CtStatement]) -> list[CtStatement]:
    """Return a statement for each slice: an enhanced image states as many as it has frames."""
    return [
        replace(statement, report=replace(statement.report, events=(event,), slices=(where,)))
        for statement in statements
        for event, where in zip(statement.report.events, statement.report.slices, strict=True)
    ]


def slice_of(statement: CtStatement) -> CtSlice:
    """Return what a statement of one slice says of it, nothing if it is none."""
    return statement.report.slices[0] if statement.report.slices else CtSlice()


def z_of(statement: CtStatement) -> float | None:
    """Return where the slice lies along the patient axis, mm."""
    return slice_of(statement).z_mm


def place(statement: CtStatement) -> tuple[float, str, str]:
    """Sort key: slices from feet to head, those without place last, and always in the same order."""
    z_mm = z_of(statement)
    return (float("inf") if z_mm is None else z_mm), statement.report.sop_instance_uid, statement.key


def _series(members: Sequence[CtStatement]) -> list[_Series]:
    # Two versions of one object are one image.
    once = {s.report.sop_instance_uid: s for s in sorted(members, key=lambda s: s.key, reverse=True)}
    by_uid: dict[str, list[CtStatement]] = defaultdict(list)
    for statement in sorted(once.values(), key=place):
        by_uid[slice_of(statement).series_instance_uid or ""].append(statement)
    return [_series_of(uid, slices) for uid, slices in by_uid.items()]


def _series_of(uid: str, slices: Sequence[CtStatement]) -> _Series:
    at: dict[object, CtStatement] = {}
    for statement in slices:
        z_mm = z_of(statement)
        at.setdefault(statement.report.sop_instance_uid if z_mm is None else z_mm, statement)
    times = [moment(s.report.started_at or s.report.events[0].started_at) for s in slices if s.report.events]
    is_timed = len(times) == len(slices) and all(times)
    return _Series(
        uid=uid,
        slices=tuple(at.values()),
        has_repeats=len(at) < len(slices),
        times=(min(times), max(times)) if is_timed else None,
    )


def _are_disjoint(one: tuple[_Bound, _Bound] | None, other: tuple[_Bound, _Bound] | None) -> bool:
    """Tell if two ranges have nothing in common; of an unknown one that is not known."""
    return one is not None and other is not None and (one[1] < other[0] or other[1] < one[0])


def _beyond(chosen: Sequence[CtStatement], series: _Series) -> list[CtStatement]:
    """Return the slices of a series whose centres lie outside of what the chosen ones cover."""
    edges = [(z, (slice_of(s).thickness_mm or 0.0) / 2) for s in chosen if (z := z_of(s)) is not None]
    lower = min((z - half for z, half in edges), default=float("inf"))
    upper = max((z + half for z, half in edges), default=float("-inf"))
    return [s for s in series.slices if (z := z_of(s)) is not None and not lower <= z <= upper]
