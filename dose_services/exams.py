"""What viewers, the RIS and the pages ask of exams. A merged patient's exams are found under the survivor."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter

from db import mapping
from db.reaching import Reach
from db.repositories import exams, findings, histories
from db.session import Session
from dose_core.ledger.exam import Exam
from dose_core.ledger.region import Region
from dose_core.ledger.source import Source
from dose_core.ledger.standing import Standing
from dose_core.ledger.totals import Basis, Estimated, Quantity
from dose_core.model import DeviceStated
from dose_services.exam_lines import line_of


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierView:
    """One identifier of a patient; ``is_merged`` tells that it came with a patient who was merged."""

    value: str
    authority: str
    is_merged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientView:
    """
    A patient as shown: the survivor, with the identifiers of all who were merged into them.

    ``family`` are our ids of all of them, the survivor's among them. ``is_restricted`` if one of them is.
    """

    id: UUID
    name: str | None
    birth_date: date | None
    sex: str | None
    identifiers: tuple[IdentifierView, ...]
    family: frozenset[UUID]
    is_restricted: bool


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
    estimated: Estimated | None = None  # of what was computed; None of an exam of an earlier release until filed anew


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamSummary:
    """
    One line of a history, as the pages read it. Its numbers are the totals; ``events`` counts what irradiated.

    ``source``, ``device`` and ``events`` are ``None`` of an exam of an earlier release until it is filed anew.
    """

    id: UUID
    patient_id: UUID
    site: str
    study_instance_uid: str
    revision: int
    state: Standing
    modality: str
    region: Region | None
    accession_number: str | None
    study_description: str | None
    protocols: tuple[str, ...]
    device: DeviceStated | None
    started_at: datetime | None
    started_local: str | None
    source: Source | None
    events: int | None
    totals: tuple[TotalView, ...]

    def total(self, quantity: Quantity, of: str | None = None) -> TotalView | None:
        """Return the total of a quantity, of the whole exam unless a part is named."""
        return next((one for one in self.totals if (one.quantity, one.of) == (quantity, of)), None)

    @property
    def dlp_mgy_cm(self) -> float | None:
        """The DLP of the whole exam."""
        total = self.total(Quantity.DLP)
        return total.value if total else None

    @property
    def dlp_basis(self) -> Basis | None:
        """How that DLP came about."""
        total = self.total(Quantity.DLP)
        return total.basis if total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """Something about an exam that somebody should look at."""

    kind: str
    text: str
    raised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamDetail:
    """One exam with all that is known of it; ``line`` is its summary as JSON."""

    summary: ExamSummary
    line: bytes
    revision_id: UUID
    exam: Exam
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientHistory:
    """A patient and their exams, newest first; each line is JSON, see ``ExamSummary``."""

    patient: PatientView
    lines: tuple[bytes, ...]

    @property
    def exams(self) -> tuple[ExamSummary, ...]:
        """The lines, read."""
        return tuple(map(summary_from, self.lines))


_SUMMARY = TypeAdapter(ExamSummary)
_PATIENT = TypeAdapter(PatientView)


def summary_from(line: bytes) -> ExamSummary:
    """Return what a line says."""
    return _SUMMARY.validate_json(line)


def patient_view(session: Session, patient_id: UUID) -> PatientView | None:
    """Return the patient that now stands for this id, or ``None`` if there is none."""
    known = histories.patient(session, patient_id)
    return _PATIENT.validate_python(known._asdict()) if known else None


def history(session: Session, patient_id: UUID, *, reach: Reach | None = None) -> PatientHistory | None:
    """Return a patient's exams in reach, newest first, with those of the patients merged into them."""
    patient = patient_view(session, patient_id)
    if patient is None:
        return None
    rows = histories.of_family(session, list(patient.family), reach=reach)
    return PatientHistory(patient=patient, lines=tuple(map(line_of, rows)))


def exams_of_study(
    session: Session, study_instance_uid: str, *, reach: Reach | None = None
) -> list[tuple[ExamSummary, bytes]]:
    """Return the exams of a study in reach however they stand, one for each site that has it, with their lines."""
    lines = map(line_of, histories.of_study(session, mapping.storable(study_instance_uid), reach=reach))
    return [(summary_from(line), line) for line in lines]


def exam_detail(session: Session, exam_id: UUID) -> ExamDetail | None:
    """Return one exam with its events and findings; one of which nothing counts any more is not known."""
    row = histories.of_exam(session, exam_id)
    known = exams.get(session, exam_id) if row else None
    if row is None or known is None:
        return None
    line = line_of(row)
    views = (
        FindingView(kind=row.kind, text=row.text, raised_at=row.raised_at) for row in findings.of_exam(session, exam_id)
    )
    return ExamDetail(
        summary=summary_from(line),
        line=line,
        revision_id=known.exam.revision_id,
        exam=mapping.exam_from_packed(known.content),
        findings=tuple(views),
    )
