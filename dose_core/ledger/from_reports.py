"""
Events and totals from CT dose reports, each event once.

Scanners send a report after each acquisition that repeats all before it, re-send reports under new
UIDs, and continue studies with new events only. So reports are merged by irradiation event UID
(PS3.16, TID 10013), never by report.
"""

from collections.abc import Sequence
from datetime import datetime

from dose_core.ledger.exam import CtStatement, ExamEvent
from dose_core.ledger.source import Source
from dose_core.ledger.stand_in import uid_of
from dose_core.ledger.totals import Basis
from dose_core.model import AcquisitionType, CtEvent, DlpSubTotal

Keyed = dict[str, tuple[CtEvent, bool]]  # event UID -> what is stated, and whether the UID is a stand-in


def events_of_reports(statements: Sequence[CtStatement]) -> tuple[ExamEvent, ...]:
    """Return each event that any of the reports states, in order of time, from the report that knows most."""
    ranked = _ranked(statements)
    keyed = [(statement, keyed_events(statement)) for statement in ranked]
    found: dict[str, ExamEvent] = {}
    # Events may state no time: those of one report then stand in its order, and reports in theirs.
    order: dict[str, tuple[str, int, str]] = {}
    for winner, events in keyed:
        for position, (event_uid, (event, stand_in)) in enumerate(events.items()):
            if event_uid in found:
                continue
            order[event_uid] = moment(event.started_at or winner.report.started_at), position, event_uid
            found[event_uid] = ExamEvent(
                event_uid=event_uid,
                uid_is_stand_in=stand_in,
                source=Source.RDSR,
                statements=tuple(statement.key for statement, its in keyed if event_uid in its),
                event=event,
            )
    return tuple(found[event_uid] for event_uid in sorted(found, key=order.__getitem__))


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
    for statement in _ranked(statements):
        totals = statement.report.totals
        if totals.dlp_mgy_cm is not None and uids <= set(keyed_events(statement)):
            return totals.dlp_mgy_cm, Basis.STATED_TOTAL, totals.dlp_sub_totals
    doses = [event.event.dlp_mgy_cm for event in events if event.event.dlp_mgy_cm is not None]
    if not doses:
        return None, None, ()
    return sum(doses), Basis.SUM_OF_EVENTS, ()


def lacks_dlp(event: ExamEvent) -> bool:
    """Test if an event should carry a DLP and does not; a localizer (constant angle) states none by design."""
    return event.event.dlp_mgy_cm is None and event.event.acquisition_type is not AcquisitionType.CONSTANT_ANGLE


def keyed_events(statement: CtStatement) -> Keyed:
    """Return the events of one report by UID, with stand-ins that repeat in a re-sent report."""
    report = statement.report
    keyed: Keyed = {}
    alike: dict[str, int] = {}
    for event in report.events:
        if event.event_uid:
            keyed.setdefault(event.event_uid, (event, False))
            continue
        traits = (report.study_instance_uid, event.started_at, event.acquisition_type, event.protocol)
        values = (event.ctdi_vol_mgy, event.dlp_mgy_cm, event.scanning_length_mm)
        base = uid_of("ct event", *traits, *values)
        nth = alike[base] = alike.get(base, 0) + 1  # two events alike in one report are two events
        keyed[uid_of(base, nth)] = (event, True)
    return keyed


def in_time(event: ExamEvent) -> tuple[str, str]:
    """Sort key: events in order of time, and always in the same order."""
    return moment(event.event.started_at), event.event_uid


def moment(at: datetime | None) -> str:
    """Return a sortable text of a time that may lack an offset; an unknown time comes first."""
    return "" if at is None else at.isoformat()


def _ranked(statements: Sequence[CtStatement]) -> list[CtStatement]:
    """
    Return the reports, most knowing first: whole ones, most events, newest document, then an order of no meaning.

    The order must not depend on when an object arrived, so that any order of arrival gives one exam.
    """
    return sorted(
        statements,
        key=lambda s: (
            not s.report.is_cut_short,
            len(s.report.events),
            moment(s.report.content_at),
            s.report.sop_instance_uid,
            s.key,
        ),
        reverse=True,
    )
