"""One exam from all statements about a study, whatever the order in which they came."""

from collections.abc import Sequence
from math import isclose

from dose_core.dosimetry.estimate import Estimate
from dose_core.errors import DoseError
from dose_core.ledger.exam import CtExam, CtStatement, ExamEvent, NotCounted, Statement
from dose_core.ledger.from_reports import events_of_reports, lacks_dlp, listed_events, total_dlp
from dose_core.ledger.from_slices import events_of_slices
from dose_core.ledger.merged import shared_uids
from dose_core.ledger.precedence import moment, ranked, whole_events
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis
from dose_core.model import CtReport, DeviceStated, DlpSubTotal, DoseReport, Kind, PatientStated

# A stated total and the sum of its events may differ by rounding: each is given with two decimals at
# best, so that n events may be off by n half units of the second decimal. One percent covers that.
_TOTAL_TOLERANCE = 0.01


class NothingToReconcileError(DoseError):
    """None of the statements is a source of dose; there is no exam yet."""


def reconcile_ct(study_instance_uid: str, statements: Sequence[Statement[DoseReport]]) -> CtExam:
    """
    Return the exam that the statements of one study add up to.

    A dose report wins over image headers; then the images' events are not counted beside it. What
    DoseLedger itself wrote is no source. The result depends on the set of statements alone.

    Raises:
        NothingToReconcileError: no statement is a source of dose.
    """
    once = list({s.key: s for s in statements}.values())
    reports = [whole_events(s) for s in _of_kind(once, Kind.CT_RDSR) if not s.report.our_own]
    slices = _of_kind(once, Kind.CT_IMAGE)
    if not reports and not slices:
        msg = f"study {study_instance_uid} has no dose report of a device and no CT image yet"
        raise NothingToReconcileError(msg)
    slice_events, left_out = events_of_slices(slices)
    if reports:
        events = events_of_reports(reports)
        dlp_mgy_cm, basis, sub_totals = total_dlp(reports, events)
        left_out = (*left_out, *_beside_reports(events, slice_events), *_other_totals(reports, dlp_mgy_cm))
        source, leading = Source.RDSR, ranked(reports)[0]
    else:
        events = slice_events
        dlp_mgy_cm, basis, sub_totals = _estimated_total(events)
        source, leading = Source.IMAGE_HEADER, min(slices, key=_image_rank)
    report = leading.report
    every = [s.report for s in sorted(reports or slices, key=lambda s: (s.report.sop_instance_uid, s.key))]
    starts = [r.started_at for r in every if r.started_at] or [e.event.started_at for e in events if e.event.started_at]
    return CtExam(
        study_instance_uid=study_instance_uid,
        source=source,
        patient=_first_known(report.patient, every),
        device=report.device if report.device != DeviceStated() else every[0].device,
        accession_number=next((r.accession_number for r in (report, *every) if r.accession_number), None),
        study_description=next((r.study_description for r in (report, *every) if r.study_description), None),
        started_at=min(starts, key=moment, default=None),
        ended_at=max((r.ended_at for r in every if r.ended_at), key=moment, default=None),
        physicians=report.physicians,
        events=events,
        dlp_mgy_cm=dlp_mgy_cm,
        dlp_basis=basis,
        dlp_sub_totals=sub_totals,
        ctdi_vol_max_mgy=max((e.event.ctdi_vol_mgy for e in events if e.event.ctdi_vol_mgy is not None), default=None),
        events_without_dlp=sum(lacks_dlp(e) and not isinstance(e.dlp_estimate, Estimate) for e in events),
        not_counted=left_out,
        conflicts=(*_conflicts(dlp_mgy_cm, basis, events), *shared_uids(listed_events(reports))),
    )


def _of_kind(statements: Sequence[Statement[DoseReport]], kind: Kind) -> list[CtStatement]:
    return [
        Statement(key=s.key, report=s.report)
        for s in statements
        if s.report.kind is kind and isinstance(s.report, CtReport)
    ]


def _image_rank(statement: CtStatement) -> tuple[bool, str, str]:
    """Sort key: the scanner's own images first, for a derived one may name a workstation as its device."""
    report = statement.report
    is_original = any(one.image_type[:1] == ("ORIGINAL",) for one in report.slices)
    return not is_original, report.sop_instance_uid, statement.key


def _first_known(leading: PatientStated, every: Sequence[DoseReport]) -> PatientStated:
    return leading if leading.id else next((r.patient for r in every if r.patient.id), leading)


def _beside_reports(events: Sequence[ExamEvent], slice_events: Sequence[ExamEvent]) -> tuple[NotCounted, ...]:
    """Return the images' events that the reports do not name: left out, for they may be the same irradiation."""
    known = {event.event_uid for event in events}
    return tuple(
        NotCounted(
            statements=event.statements,
            event_uid=None if event.uid_is_stand_in else event.event_uid,
            reason="images whose irradiation event the dose report does not name",
        )
        for event in slice_events
        if event.event_uid not in known
    )


def _other_totals(reports: Sequence[CtStatement], dlp_mgy_cm: float | None) -> tuple[NotCounted, ...]:
    """Return the reports that state a total without events, so that nobody can tell what it is a total of."""
    keys = tuple(
        sorted(s.key for s in reports if not s.report.events and s.report.totals.dlp_mgy_cm not in {None, dlp_mgy_cm})
    )
    reason = "dose reports that list no event and state another total"
    return (NotCounted(statements=keys, event_uid=None, reason=reason),) if keys else ()


def _estimated_total(
    events: Sequence[ExamEvent],
) -> tuple[float | None, Basis | None, tuple[DlpSubTotal, ...]]:
    by_phantom: dict[int | None, float] = {}
    for event in events:
        if isinstance(event.dlp_estimate, Estimate):
            phantom = event.event.phantom_diameter_mm
            by_phantom[phantom] = by_phantom.get(phantom, 0.0) + event.dlp_estimate.value
    if not by_phantom:
        return None, None, ()
    sub_totals = tuple(
        DlpSubTotal(phantom_diameter_mm=phantom, dlp_mgy_cm=dlp)
        for phantom, dlp in sorted(by_phantom.items(), key=lambda item: item[0] or 0)
    )
    return sum(by_phantom.values()), Basis.ESTIMATE, sub_totals if len(sub_totals) > 1 else ()


def _conflicts(dlp_mgy_cm: float | None, basis: Basis | None, events: Sequence[ExamEvent]) -> tuple[str, ...]:
    summed = sum(e.event.dlp_mgy_cm for e in events if e.event.dlp_mgy_cm is not None)
    if basis is not Basis.STATED_TOTAL or dlp_mgy_cm is None or isclose(dlp_mgy_cm, summed, rel_tol=_TOTAL_TOLERANCE):
        return ()
    return (f"the report states a total DLP of {dlp_mgy_cm:g} mGy.cm, its events add up to {summed:g} mGy.cm",)
