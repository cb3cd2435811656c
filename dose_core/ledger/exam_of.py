"""One exam of a study from all that is stated about it, whatever irradiated and in whatever order it came."""

from collections.abc import Sequence
from typing import TypeVar

from dose_core.ledger.ct_totals import ct_totals
from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.mammography import mammography_of
from dose_core.ledger.nuclear import nuclear_of
from dose_core.ledger.precedence import moment, precedence, source_of
from dose_core.ledger.projection import projection_of
from dose_core.ledger.reconcile import NothingToReconcileError, reconcile_ct
from dose_core.ledger.source import SOURCE_OF
from dose_core.model import (
    CtReport,
    DeviceStated,
    DoseReport,
    MammographyReport,
    NuclearReport,
    PatientStated,
    ProjectionReport,
)

ReportT = TypeVar("ReportT", CtReport, ProjectionReport, MammographyReport, NuclearReport)


def exam_of(study_instance_uid: str, statements: Sequence[Statement[DoseReport]], *, default_issuer: str = "") -> Exam:
    """
    Return the exam that the statements of one study add up to.

    The result depends on the set of statements alone. ``default_issuer`` is the issuer of identifiers
    that state none.

    Raises:
        NothingToReconcileError: no statement is a source of dose.
    """
    once = {s.key: s for s in statements if not s.report.our_own and s.report.kind in SOURCE_OF}
    sources = sorted(once.values(), key=_rank)
    if not sources:
        msg = f"study {study_instance_uid} has no statement of a device about dose yet"
        raise NothingToReconcileError(msg)
    try:
        ct = reconcile_ct(study_instance_uid, [s for s in sources if isinstance(s.report, CtReport)])
    except NothingToReconcileError:
        ct = None
    devices = tuple(dict.fromkeys(s.report.device for s in sources if s.report.device != DeviceStated()))
    devices = tuple(sorted(devices, key=repr)) or (DeviceStated(),)
    projection = projection_of(_of_shape(sources, ProjectionReport), devices)
    mammography = mammography_of(_of_shape(sources, MammographyReport), devices)
    nuclear = nuclear_of(_of_shape(sources, NuclearReport), devices)
    reports = [s.report for s in sources]
    return Exam(
        study_instance_uid=study_instance_uid,
        patients=_patients(reports, default_issuer),
        devices=devices,
        modalities=tuple(
            sorted({*(("CT",) if ct else ()), *projection.modalities, *mammography.modalities, *nuclear.modalities})
        ),
        accession_number=next((r.accession_number for r in reports if r.accession_number), None),
        study_description=next((r.study_description for r in reports if r.study_description), None),
        started_at=min((r.started_at for r in reports if r.started_at), key=moment, default=None),
        ended_at=max((r.ended_at for r in reports if r.ended_at), key=moment, default=None),
        physicians=next((r.physicians for r in reports if r.physicians), ()),
        intents=tuple(sorted({r.intent for r in reports if r.intent})),
        ct=ct,
        projection=projection.events,
        mammography=mammography.events,
        nuclear=nuclear.events,
        totals=(*(ct_totals(ct) if ct else ()), *projection.totals, *mammography.totals, *nuclear.totals),
        not_counted=(
            *(ct.not_counted if ct else ()),
            *projection.not_counted,
            *mammography.not_counted,
            *nuclear.not_counted,
        ),
        conflicts=(
            *(ct.conflicts if ct else ()),
            *projection.conflicts,
            *mammography.conflicts,
            *nuclear.conflicts,
        ),
    )


def _rank(statement: Statement[DoseReport]) -> tuple[int, bool, str, str, str]:
    """Sort key: the best source first, then whole ones, then an order of no meaning."""
    report = statement.report
    return (
        precedence(source_of(statement)),
        report.is_cut_short,
        moment(report.content_at),
        report.sop_instance_uid,
        statement.key,
    )


def _of_shape(statements: Sequence[Statement[DoseReport]], shape: type[ReportT]) -> list[Statement[ReportT]]:
    return [Statement(key=s.key, report=s.report) for s in statements if isinstance(s.report, shape)]


def _patients(reports: Sequence[DoseReport], default_issuer: str) -> tuple[PatientStated, ...]:
    """Return each identity once; those without an identifier only if no object states one."""
    named = [report.patient for report in reports if report.patient.id]
    if not named:
        return tuple(dict.fromkeys(report.patient for report in reports))[:1]
    once: dict[tuple[str | None, str], PatientStated] = {}
    for patient in named:
        once.setdefault((patient.id, patient.issuer or default_issuer), patient)
    return tuple(once[identity] for identity in sorted(once, key=str))
