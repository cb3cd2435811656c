"""
CT events from dose reports, and from what lists events like them: steps, dose screens, typed statements.

Source: PS3.16, TID 10013.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dose_core.ledger.exam import CtStatement, ExamEvent, Filled
from dose_core.ledger.merged import Listed, listed, merged
from dose_core.ledger.precedence import moment, ranked, source_of
from dose_core.ledger.recognised import recognised
from dose_core.model import AcquisitionType, CtEvent

# What the headers of slices state of an event as well as a report; lengths and times are those of the images.
_FILLED = ("protocol", "target_region", "body_part", "ctdi_vol_mgy", "phantom_diameter_mm")


def listed_events(statements: Sequence[CtStatement]) -> list[Listed[CtEvent]]:
    """Return what the statements list, the most knowing first."""
    return recognised([listed(statement, statement.report.events) for statement in ranked(statements)])


def events_of_reports(
    listing: Sequence[Listed[CtEvent]], beside: Mapping[str, ExamEvent] | None = None
) -> tuple[ExamEvent, ...]:
    """
    Return each event that any of the statements lists, in order of time, from the one that knows most.

    ``beside`` are the events that images show, by UID: they fill what the reports leave open.
    """
    sources = {one.statement.key: source_of(one.statement) for one in listing}
    found = merged(listing)
    events = (
        ExamEvent(
            event_uid=one.key.event_uid,
            uid_is_stand_in=one.key.is_stand_in,
            source=sources[one.places[0].statement],
            statements=tuple(dict.fromkeys(place.statement for place in one.places)),
            places=one.places[:1],
            event=one.event,
        )
        for one in found
    )
    return tuple(_filled(event, (beside or {}).get(event.event_uid)) for event in events)


def lacks_dlp(event: ExamEvent) -> bool:
    """Test if an event should carry a DLP and does not; a localizer (constant angle) states none by design."""
    return event.event.dlp_mgy_cm is None and event.event.acquisition_type is not AcquisitionType.CONSTANT_ANGLE


def in_time(event: ExamEvent) -> tuple[str, str]:
    """Sort key: events in order of time, and always in the same order."""
    return moment(event.event.started_at), event.event_uid


def _filled(event: ExamEvent, shown: ExamEvent | None) -> ExamEvent:
    if shown is None:
        return event
    names = [name for name in _FILLED if getattr(event.event, name) is None and getattr(shown.event, name) is not None]
    if not names:
        return event
    return replace(
        event,
        event=replace(event.event, **{name: getattr(shown.event, name) for name in names}),
        places=(*event.places, *shown.places[:1]),
        filled=tuple(Filled(field=name, place=1) for name in names),
    )
