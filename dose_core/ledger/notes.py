"""Where images state another dose of an event than the report that counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from dose_core.ledger.claims import Claim, Reading
from dose_core.ledger.merged import EventKey
from dose_core.ledger.rounding import Texts
from dose_core.ledger.shown import Drawn
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis
from dose_core.model import MammographyEvent, ProjectionEvent

EventT = TypeVar("EventT", bound=ProjectionEvent | MammographyEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A field of an event that is compared."""

    field: str
    words: str
    unit: str


def notes_of(
    events: Sequence[Drawn[EventT]], compared: Sequence[Noted], texts: Texts
) -> tuple[dict[EventKey, tuple[str, ...]], list[str]]:
    """Return a note for each event that images contradict, and one conflict for each quantity."""
    notes: dict[EventKey, tuple[str, ...]] = {}
    conflicts: list[str] = []
    for noted in compared:
        found = [(one, value) for one in events if (value := _contradicting(one, noted, texts)) is not None]
        for one, value in found:
            text = f"the image headers state a {noted.words} of {value:g} {noted.unit}"
            notes[one.key] = (*notes.get(one.key, ()), text)
        if found:
            counted = getattr(found[0][0].event, noted.field)
            conflicts.append(
                f"the image headers state another {noted.words} than the dose report for {len(found)} event(s), "
                f"first {found[0][1]:g} against {counted:g} {noted.unit}"
            )
    return notes, conflicts


def _contradicting(one: Drawn[EventT], noted: Noted, texts: Texts) -> float | None:
    """Return the first value of an image that is not the counted one but for rounding."""
    counted: float | None = getattr(one.event, noted.field)
    place = one.place_of(noted.field)
    for shown, event in one.shown if counted is not None else ():
        value: float | None = getattr(event, noted.field)
        if value is None or counted is None or shown == place:
            continue
        field = f"events[{{}}].{noted.field}"
        claims = [
            Claim(
                source=source, basis=Basis.SUM_OF_EVENTS, readings=(Reading(at.statement, field.format(at.index), v),)
            )
            for source, at, v in ((Source.RDSR, place, counted), (Source.IMAGE_HEADER, shown, value))
        ]
        if not texts.agree(*claims):
            return value
    return None
