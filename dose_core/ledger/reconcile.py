"""One CT exam from all statements about a study, whatever the order in which they came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dose_core.errors import DoseError
from dose_core.ledger.admitted import admitted
from dose_core.ledger.apart import by_device
from dose_core.ledger.ct_totals import UNKNOWN_PHANTOM, CtDose, CtSaid, ct_totals, lacks_estimate
from dose_core.ledger.exam import CtExam, CtStatement, ExamEvent, NotCounted, Statement
from dose_core.ledger.from_reports import events_of_reports, in_time, listed_events
from dose_core.ledger.from_slices import events_of_slices
from dose_core.ledger.over_devices import totals_over
from dose_core.ledger.part import Share
from dose_core.ledger.precedence import moment, precedence, ranked, source_of
from dose_core.ledger.rounding import Texts
from dose_core.ledger.shared_uids import shared_uids
from dose_core.ledger.source import Source
from dose_core.ledger.stand_in import of_all_devices
from dose_core.ledger.totals import Quantity, Total
from dose_core.model import CtReport, DeviceStated, DlpSubTotal, DoseReport, PatientStated

_EVENTLESS = "dose reports that list no event and state another total"
_UNKNOWN = "images whose irradiation event the dose report does not name"


class NothingToReconcileError(DoseError):
    """None of the statements is a source of dose; there is no exam yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CtPart:
    """The CT part of an exam: the exam as CT knows it, and its totals."""

    exam: CtExam
    shares: tuple[Share, ...]


def reconcile_ct(study_instance_uid: str, statements: Sequence[Statement[DoseReport]]) -> CtExam:
    """
    Return the CT exam that the statements of one study add up to.

    A dose report wins over image headers; then the images' events are not counted beside it. What
    DoseLedger itself wrote is no source. The result depends on the set of statements alone.

    Raises:
        NothingToReconcileError: no statement is a source of dose.
    """
    sources = admitted(statements)
    part = ct_of(study_instance_uid, sources.of(CtReport), Texts(sources.statements))
    if part is None:
        msg = f"study {study_instance_uid} has no dose report of a device and no CT image yet"
        raise NothingToReconcileError(msg)
    return part.exam


def ct_of(study_instance_uid: str, statements: Sequence[CtStatement], texts: Texts) -> CtPart | None:
    """Return the CT part of an exam, ``None`` if nothing speaks of a CT; that of each device is drawn apart."""
    scans = sorted((_scan(its, texts) for its in by_device(statements)), key=lambda one: precedence(one.source))
    if not scans:
        return None
    shares = tuple(Share(device=one.leading.device, totals=one.totals) for one in scans)
    totals = totals_over(shares, [share.device for share in shares])
    dlp = next(total for total in totals if total.quantity is Quantity.DLP)
    sub_totals = [total for total in totals if total.quantity is Quantity.DLP and total.of is not None]
    events = tuple(of_all_devices(one.events for one in scans))
    every = [report for one in scans for report in one.reports]
    leading = scans[0].leading
    exam = CtExam(
        study_instance_uid=study_instance_uid,
        source=scans[0].source,
        patient=_first_known(leading.patient, every),
        device=leading.device if leading.device != DeviceStated() else every[0].device,
        accession_number=next((r.accession_number for r in (leading, *every) if r.accession_number), None),
        study_description=next((r.study_description for r in (leading, *every) if r.study_description), None),
        started_at=_started_at(every, events),
        ended_at=max((r.ended_at for r in every if r.ended_at), key=moment, default=None),
        physicians=leading.physicians,
        events=events if len(scans) == 1 else tuple(sorted(events, key=in_time)),
        dlp_mgy_cm=dlp.value,
        dlp_basis=dlp.basis,
        dlp_sub_totals=tuple(map(_sub_total, sub_totals)) if len(sub_totals) > 1 else (),
        ctdi_vol_max_mgy=max((e.event.ctdi_vol_mgy for e in events if e.event.ctdi_vol_mgy is not None), default=None),
        events_without_dlp=sum(map(lacks_estimate, events)),
        not_counted=tuple(left_out for one in scans for left_out in one.not_counted),
        conflicts=tuple(text for one in scans for text in one.conflicts),
    )
    return CtPart(exam=exam, shares=shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scan:
    """What one scanner did."""

    source: Source
    leading: CtReport
    reports: Sequence[CtReport]  # of the leading source, in an order of their own
    events: tuple[ExamEvent, ...]
    totals: tuple[Total, ...]
    not_counted: tuple[NotCounted, ...]
    conflicts: tuple[str, ...]


def _scan(statements: Sequence[CtStatement], texts: Texts) -> _Scan:
    by_source: dict[Source, list[CtStatement]] = {source: [] for source in Source}
    for statement in statements:
        by_source[source_of(statement)].append(statement)
    slices = by_source[Source.IMAGE_HEADER]
    shown, left_out = events_of_slices(slices)
    beside = {event.event_uid: event for event in shown if not event.uid_is_stand_in}
    said = {source: _said(its, beside if source is Source.RDSR else {}) for source, its in by_source.items()}
    said[Source.IMAGE_HEADER] = CtSaid(events=shown)
    dose = CtDose(reports={s.key: s.report for s in statements}, said=said, texts=texts)
    totals, conflicts = ct_totals(dose)
    events = tuple(said[dose.source].events) if dose.source else ()
    source = next(source for source in Source if by_source[source])
    its = by_source[source]
    reports = said[Source.RDSR].listing
    return _Scan(
        source=source,
        leading=(min(its, key=_image_rank) if source is Source.IMAGE_HEADER else ranked(its)[0]).report,
        reports=[s.report for s in sorted(its, key=lambda s: (s.report.sop_instance_uid, s.key))],
        events=events,
        totals=totals,
        not_counted=(
            *left_out,
            *(_beside_reports(events, shown) if reports else ()),
            *_other_totals(by_source[Source.RDSR], totals[0].value),
        ),
        conflicts=(*conflicts, *shared_uids(reports)),
    )


def _said(statements: Sequence[CtStatement], beside: Mapping[str, ExamEvent]) -> CtSaid:
    listing = listed_events(statements)
    return CtSaid(listing=listing, events=events_of_reports(listing, beside))


def _image_rank(statement: CtStatement) -> tuple[bool, str, str]:
    """Sort key: the scanner's own images first, for a derived one may name a workstation as its device."""
    report = statement.report
    is_original = any(one.image_type[:1] == ("ORIGINAL",) for one in report.slices)
    return not is_original, report.sop_instance_uid, statement.key


def _first_known(leading: PatientStated, every: Sequence[DoseReport]) -> PatientStated:
    return leading if leading.id else next((r.patient for r in every if r.patient.id), leading)


def _started_at(reports: Sequence[CtReport], events: Sequence[ExamEvent]) -> datetime | None:
    starts = [r.started_at for r in reports if r.started_at] or [
        e.event.started_at for e in events if e.event.started_at
    ]
    return min(starts, key=moment, default=None)


def _sub_total(total: Total) -> DlpSubTotal:
    phantom = None if total.of is None or total.of == UNKNOWN_PHANTOM else int(total.of)
    return DlpSubTotal(phantom_diameter_mm=phantom, dlp_mgy_cm=total.value)


def _beside_reports(events: Sequence[ExamEvent], shown: Sequence[ExamEvent]) -> tuple[NotCounted, ...]:
    """Return the images' events that the reports do not name: left out, for they may be the same irradiation."""
    known = {event.event_uid for event in events}
    return tuple(
        NotCounted(
            statements=event.statements,
            event_uid=None if event.uid_is_stand_in else event.event_uid,
            reason=_UNKNOWN,
        )
        for event in shown
        if event.event_uid not in known
    )


def _other_totals(reports: Sequence[CtStatement], dlp_mgy_cm: float | None) -> tuple[NotCounted, ...]:
    """Return the reports that state a total without events, so that nobody can tell what it is a total of."""
    keys = tuple(
        sorted(s.key for s in reports if not s.report.events and s.report.totals.dlp_mgy_cm not in {None, dlp_mgy_cm})
    )
    return (NotCounted(statements=keys, event_uid=None, reason=_EVENTLESS),) if keys else ()
