"""What viewers, the RIS and the pages ask of exams. A merged patient's exams are found under the survivor."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from math import isclose
from uuid import UUID

from pydantic import TypeAdapter

from db import mapping
from db.repositories import exams, findings, patients
from db.repositories.exams import KnownExam
from db.session import Session
from db.tables.exam import ExamRow
from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import CtExam, Exam, ExamEvent
from dose_core.ledger.region import Region
from dose_core.ledger.source import Source
from dose_core.ledger.standing import Standing
from dose_core.ledger.totals import Basis, Quantity
from dose_core.model import DeviceStated

# Each sub-total is rounded on its own, as in dose_core.ledger.reconcile.
_TOTAL_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierView:
    """One identifier of a patient; ``is_merged`` tells that it came with a patient who was merged."""

    value: str
    authority: str
    is_merged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientView:
    """A patient as shown: the survivor, with the identifiers of all who were merged into them."""

    id: UUID
    name: str | None
    birth_date: date | None
    sex: str | None
    identifiers: tuple[IdentifierView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalView:
    """One total of an exam, see ``dose_core.ledger.totals``; ``others`` counts what other sources say beside it."""

    quantity: Quantity
    of: str | None
    value: float | None
    basis: Basis | None
    source: Source | None
    missing: int
    others: int
    value_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamSummary:
    """One line of a history. ``dlp_mgy_cm`` is the total of its CT part; ``dlp_basis`` says how that came about."""

    id: UUID
    patient_id: UUID
    study_instance_uid: str
    revision: int
    state: Standing
    modality: str
    region: Region | None
    accession_number: str | None
    study_description: str | None
    protocols: tuple[str, ...]
    device: DeviceStated
    started_at: datetime | None
    started_local: str | None
    source: Source
    totals: tuple[TotalView, ...]
    dlp_mgy_cm: float | None
    dlp_basis: Basis | None
    ctdi_vol_max_mgy: float | None
    events: int
    events_without_dlp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """Something about an exam that somebody should look at."""

    kind: str
    text: str
    raised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamDetail:
    """One exam with all that is known of it."""

    summary: ExamSummary
    exam: Exam
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientHistory:
    """A patient and their exams, newest first."""

    patient: PatientView
    exams: tuple[ExamSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeDlp:
    """
    A sum of DLP over exams, for one phantom and one basis; unlike quantities are never added.

    A DLP against the 16 cm phantom is not one against the 32 cm phantom, and an estimate is no measurement.
    """

    phantom_diameter_mm: int | None  # None: not stated, or several in one total
    basis: str  # 'stated' or 'estimate'
    dlp_mgy_cm: float
    exams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cumulative:
    """Sums over a patient's exams, with what is missing from them."""

    patient_id: UUID
    exams: int
    exams_without_dose: int
    exams_with_missing_parts: int
    dlp: tuple[CumulativeDlp, ...]


_SUMMARY = TypeAdapter(ExamSummary)


def patient_view(session: Session, patient_id: UUID) -> PatientView | None:
    """Return the patient that now stands for this id, or ``None`` if there is none."""
    survivor_id = patients.survivor_of(session, patient_id)
    survivor = patients.get(session, survivor_id) if survivor_id else None
    if survivor is None:
        return None
    family = patients.family_of(session, survivor.id)
    identifiers = tuple(
        IdentifierView(value=row.value, authority=row.authority, is_merged=row.patient_id != survivor.id)
        for row in patients.identifiers_of(session, family)
    )
    return PatientView(
        id=survivor.id,
        name=survivor.name,
        birth_date=survivor.birth_date,
        sex=survivor.sex,
        identifiers=identifiers,
    )


def history(session: Session, patient_id: UUID) -> PatientHistory | None:
    """Return a patient's exams, newest first, with those of the patients merged into them."""
    patient = patient_view(session, patient_id)
    if patient is None:
        return None
    known = exams.of_patients(session, patients.family_of(session, patient.id))
    return PatientHistory(patient=patient, exams=tuple(map(_summary, known)))


def exam_detail(session: Session, exam_id: UUID) -> ExamDetail | None:
    """Return one exam with its events and findings."""
    known = exams.get(session, exam_id)
    if known is None:
        return None
    exam = _exam(known)
    views = (
        FindingView(kind=row.kind, text=row.text, raised_at=row.raised_at) for row in findings.of_exam(session, exam_id)
    )
    return ExamDetail(summary=_summary(known.exam), exam=exam, findings=tuple(views))


def cumulative(session: Session, patient_id: UUID) -> Cumulative | None:
    """Return the patient's DLP in sums that may be formed, and the count of exams that lack dose."""
    survivor_id = patients.survivor_of(session, patient_id)
    if survivor_id is None:
        return None
    # A revision for each, since the sums look into the events.
    rows = exams.of_patients(session, patients.family_of(session, survivor_id))
    known = [ct for row in rows if (found := exams.get(session, row.id)) and (ct := _exam(found).ct)]
    sums: dict[tuple[int | None, str], list[float]] = defaultdict(list)
    for exam in known:
        basis = "estimate" if exam.dlp_basis is Basis.ESTIMATE else "stated"
        for phantom, dlp_mgy_cm in _by_phantom(exam).items():
            sums[phantom, basis].append(dlp_mgy_cm)
    return Cumulative(
        patient_id=survivor_id,
        exams=len(known),
        exams_without_dose=sum(exam.dlp_mgy_cm is None for exam in known),
        exams_with_missing_parts=sum(exam.dlp_mgy_cm is not None and exam.events_without_dlp > 0 for exam in known),
        dlp=tuple(
            CumulativeDlp(phantom_diameter_mm=phantom, basis=basis, dlp_mgy_cm=sum(values), exams=len(values))
            for (phantom, basis), values in sorted(sums.items(), key=lambda item: (item[0][0] or 0, item[0][1]))
        ),
    )


def _by_phantom(exam: CtExam) -> dict[int | None, float]:
    """Return the exam's DLP split by phantom where sub-totals split all of it, else whole under its one phantom."""
    if exam.dlp_mgy_cm is None:
        return {}
    split: dict[int | None, float] = defaultdict(float)
    for sub_total in exam.dlp_sub_totals:
        split[sub_total.phantom_diameter_mm] += sub_total.dlp_mgy_cm or 0.0
    if split and isclose(sum(split.values()), exam.dlp_mgy_cm, rel_tol=_TOTAL_TOLERANCE):
        return split
    phantoms = {e.event.phantom_diameter_mm for e in exam.events if _adds_to_dlp(e, exam)}
    return {phantoms.pop() if len(phantoms) == 1 else None: exam.dlp_mgy_cm}


def _adds_to_dlp(event: ExamEvent, exam: CtExam) -> bool:
    if exam.dlp_basis is Basis.ESTIMATE:
        return isinstance(event.dlp_estimate, Estimate)
    return event.event.dlp_mgy_cm is not None or event.event.ctdi_vol_mgy is not None


def _exam(known: KnownExam) -> Exam:
    return mapping.exam_from_packed(known.content)


def _summary(row: ExamRow) -> ExamSummary:
    return _SUMMARY.validate_python(
        {
            **row.summary,
            "id": row.id,
            "patient_id": row.patient_id,
            "study_instance_uid": row.study_instance_uid,
            "revision": row.revision,
            "state": row.state,
            "modality": row.modality,
            "region": row.region,
            "accession_number": row.accession_number,
            "started_at": row.started_at,
            "started_local": row.started_local,
        }
    )
