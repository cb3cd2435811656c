"""
Which slices of an irradiation event tell its length, and when none can.

One event is reconstructed many times, in whole or in parts, so one slice speaks for each position. But
images do not tell how often a position was irradiated: where a scan comes back to a position
(perfusion, cine, several scans under one acquisition number) length times CTDIvol is not the dose.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from dose_core.dosimetry.estimate import NotComputable
from dose_core.ledger.exam import CtStatement
from dose_core.ledger.precedence import moment
from dose_core.model import CtEvent, CtSlice

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
class Slice:
    """
    One slice, with the statement that speaks of it: a classic image, or one frame of an enhanced one.

    ``frame`` counts the slices of the statement from 0; with the UID of the object it tells which image this is.
    """

    statement: CtStatement
    frame: int
    event: CtEvent
    image: CtSlice

    @property
    def key(self) -> str:
        """The key of the statement."""
        return self.statement.key

    @property
    def identity(self) -> tuple[str, int]:
        """What two versions of one object have in common."""
        return self.statement.report.sop_instance_uid, self.frame

    @property
    def started_at(self) -> datetime | None:
        """When the slice was acquired: the frame's own time before that of the object."""
        return self.event.started_at or self.statement.report.started_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconstruction:
    """One slice per position of the event, in order of place; ``refusal`` tells why they make no DLP."""

    slices: tuple[Slice, ...]
    refusal: NotComputable | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """One series of the event: a slice for each position, and all times of its slices if all state one."""

    uid: str
    slices: tuple[Slice, ...]
    has_repeats: bool
    times: tuple[str, str] | None

    @property
    def is_original(self) -> bool:
        return self.slices[0].image.image_type[:1] == ("ORIGINAL",)

    @property
    def extent(self) -> tuple[float, float] | None:
        z_mm = [one.image.z_mm for one in self.slices if one.image.z_mm is not None]
        return (min(z_mm), max(z_mm)) if z_mm else None

    @property
    def rank(self) -> tuple[bool, float, int, str]:
        length_mm = self.extent[1] - self.extent[0] if self.extent else 0.0
        return self.is_original, length_mm, len(self.slices), self.uid


def reconstruction_of(members: Sequence[Slice], *, is_one_event: bool) -> Reconstruction:
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


def slices_of(statements: Sequence[CtStatement]) -> list[Slice]:
    """Return each slice that the statements speak of: an enhanced image states as many as it has frames."""
    return [
        Slice(statement=statement, frame=frame, event=event, image=image)
        for statement in statements
        for frame, (event, image) in enumerate(zip(statement.report.events, statement.report.slices, strict=True))
    ]


def place(one: Slice) -> tuple[float, tuple[str, int], str]:
    """Sort key: slices from feet to head, those without place last, and always in the same order."""
    z_mm = one.image.z_mm
    return (float("inf") if z_mm is None else z_mm), one.identity, one.key


def _series(members: Sequence[Slice]) -> list[_Series]:
    # Two versions of one object are one image.
    # The whole one of two versions speaks; of two whole ones always the same.
    ranked = sorted(members, key=lambda one: (one.statement.report.is_cut_short, one.key), reverse=True)
    once = {one.identity: one for one in ranked}
    by_uid: dict[str, list[Slice]] = defaultdict(list)
    for one in sorted(once.values(), key=place):
        by_uid[one.image.series_instance_uid or ""].append(one)
    return [_series_of(uid, slices) for uid, slices in by_uid.items()]


def _series_of(uid: str, slices: Sequence[Slice]) -> _Series:
    at: dict[object, Slice] = {}
    for one in slices:
        at.setdefault(one.identity if one.image.z_mm is None else one.image.z_mm, one)
    times = [moment(one.started_at) for one in slices]
    return _Series(
        uid=uid,
        slices=tuple(at.values()),
        has_repeats=len(at) < len(slices),
        times=(min(times), max(times)) if all(times) else None,
    )


def _are_disjoint(one: tuple[_Bound, _Bound] | None, other: tuple[_Bound, _Bound] | None) -> bool:
    """Tell if two ranges have nothing in common; of an unknown one that is not known."""
    return one is not None and other is not None and (one[1] < other[0] or other[1] < one[0])


def _beyond(chosen: Sequence[Slice], series: _Series) -> list[Slice]:
    """Return the slices of a series whose centres lie outside of what the chosen ones cover."""
    edges = [(z, (one.image.thickness_mm or 0.0) / 2) for one in chosen if (z := one.image.z_mm) is not None]
    lower = min((z - half for z, half in edges), default=float("inf"))
    upper = max((z + half for z, half in edges), default=float("-inf"))
    return [one for one in series.slices if (z := one.image.z_mm) is not None and not lower <= z <= upper]
