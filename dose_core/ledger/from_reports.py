"""
Events and totals from CT dose reports, and from what lists CT events like them: steps, dose screens, typed statements.

Source: PS3.16, TID 10012 and 10013.
"""

from collections.abc import Sequence

from dose_core.ledger.exam import CtStatement, ExamEvent
from dose_core.ledger.merged import Listed, listed, merged
from dose_core.ledger.precedence import moment, ranked, source_of
from dose_core.ledger.totals import Basis
from dose_core.model import AcquisitionType, CtEvent, DlpSubTotal


def listed_events(statements: Sequence[CtStatement]) -> list[Listed[CtEvent]]:
    """Return what the statements list, the most knowing first."""
    return [listed(statement, statement.report.events) for statement in ranked(statements)]


def events_of_reports(statements: Sequence[CtStatement]) -> tuple[ExamEvent, ...]:
    """Return each event that any of the statements lists, in order of time, from the one that knows most."""
    sources = {statement.key: source_of(statement) for statement in statements}
    return tuple(
        ExamEvent(
            event_uid=one.key.event_uid,
            uid_is_stand_in=one.key.is_stand_in,
            source=sources[one.places[0].statement],
            statements=tuple(dict.fromkeys(place.statement for place in one.places)),
            places=one.places[:1],
            event=one.event,
        )
        for one in merged(listed_events(statements))
    )


def total_dlp(
    statements: Sequence[CtStatement], events: Sequence[ExamEvent]
) -> tuple[float | None, Basis | None, tuple[DlpSubTotal, ...]]:
    """
    Return the DLP of the exam in mGy.cm, how it came about, and sub-totals by phantom.

    The total that a report states counts if that report covers all events; else the events' DLPs
    are added. A sum in which an irradiating event has no DLP is returned all the same, and
    ``events_without_dlp`` says how many are missing.
    """
    uids = {event.event_uid for event in events}
    for one in listed_events(statements):
        totals = next(s.report.totals for s in statements if s.key == one.statement.key)
        if totals.dlp_mgy_cm is not None and uids <= {key.event_uid for key in one.events}:
            return totals.dlp_mgy_cm, Basis.STATED_TOTAL, totals.dlp_sub_totals
    doses = [event.event.dlp_mgy_cm for event in events if event.event.dlp_mgy_cm is not None]
    if not doses:
        return None, None, ()
    return sum(doses), Basis.SUM_OF_EVENTS, ()


def lacks_dlp(event: ExamEvent) -> bool:
    """Test if an event should carry a DLP and does not; a localizer (constant angle) states none by design."""
    return event.event.dlp_mgy_cm is None and event.event.acquisition_type is not AcquisitionType.CONSTANT_ANGLE


def in_time(event: ExamEvent) -> tuple[str, str]:
    """Sort key: events in order of time, and always in the same order."""
    return moment(event.event.started_at), event.event_uid
