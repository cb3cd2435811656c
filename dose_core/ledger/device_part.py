"""What one projection or mammography device adds to an exam, and what several do."""

from collections.abc import Iterable, Sequence

from dose_core.ledger.drawing import Drawing, EventT, ReportT
from dose_core.ledger.exam import Counted
from dose_core.ledger.notes import Noted, notes_of
from dose_core.ledger.part import Part, Share
from dose_core.ledger.precedence import moment
from dose_core.ledger.rounding import Texts
from dose_core.ledger.shown import Drawn
from dose_core.ledger.stand_in import of_all_devices
from dose_core.ledger.totals import Total


def part_of(
    drawing: Drawing[ReportT, EventT],
    totals: Sequence[Total],
    conflicts: Iterable[str],
    *,
    modalities: frozenset[str],
    compared: Sequence[Noted],
    texts: Texts,
) -> Part[EventT]:
    """Return what one device adds to an exam; ``compared`` are the fields in which images may contradict a report."""
    notes, differing = notes_of(drawing.listed, compared, texts)
    return Part(
        modalities=modalities,
        events=tuple(_counted(drawing, one, notes.get(one.key, ())) for one in drawing.events),
        shares=(Share(device=drawing.device, totals=tuple(totals)),),
        not_counted=drawing.not_counted,
        conflicts=(*drawing.conflicts, *conflicts, *differing),
    )


def joined(parts: Sequence[Part[EventT]]) -> Part[EventT]:
    """Return what several devices add to an exam, their events in order of time."""
    events = of_all_devices(part.events for part in parts)
    return Part(
        modalities=frozenset(modality for part in parts for modality in part.modalities),
        events=tuple(sorted(events, key=lambda one: moment(one.event.started_at))),
        shares=tuple(share for part in parts for share in part.shares),
        not_counted=tuple(one for part in parts for one in part.not_counted),
        conflicts=tuple(text for part in parts for text in part.conflicts),
    )


def _counted(drawing: Drawing[ReportT, EventT], one: Drawn[EventT], notes: tuple[str, ...]) -> Counted[EventT]:
    """Return an event as an exam holds it; which of the exam's devices it was is settled there."""
    return Counted(
        event_uid=one.key.event_uid,
        uid_is_stand_in=one.key.is_stand_in,
        source=drawing.source_of(one),
        device=0,
        places=one.places,
        event=one.event,
        filled=one.filled,
        notes=notes,
    )
