"""Looks at the skin dose of an exam."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from db import skin_mapping
from db.repositories import estimates, skin_maps
from db.session import Session
from db.tables.skin import SkinMapRow
from dose_core.dosimetry.estimate import Estimate
from dose_core.dosimetry.skin import drawing
from dose_core.dosimetry.skin.drawing import Caption
from dose_core.errors import DoseError
from dose_core.estimating.patient_body import patient_body
from dose_core.estimating.skin_dose import SkinDose
from dose_core.estimating.skin_follow_up import FollowUp
from dose_core.ledger.standing import Standing
from dose_services import skin_follow_up, viewing
from dose_services.audit import Action, Looker, record_look
from dose_services.exams import ExamSummary, PatientView
from dose_services.skin_value_ids import peak_id


class NoSkinMapError(DoseError):
    """There is no map of this exam; its skin dose says why."""


class SkinState(StrEnum):
    """Whether what is shown is of what is counted now."""

    COMPUTED = "computed"
    PENDING = "pending"  # what stands, if anything does, is of an earlier state of the exam, its patient or its device
    NOT_COUNTED = "not_counted"  # the exam waits at the desk, or is no patient's: nothing is shown
    NO_PROJECTION = "no_projection"  # nothing that would need a map


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinView:
    """
    The skin dose of an exam as it is shown. ``value_id`` explains the peak; ``None`` where there is none.

    ``follow_up`` tells when the skin is to be looked at, and for which levels.
    """

    exam_id: UUID
    patient: PatientView
    summary: ExamSummary
    state: SkinState
    map_id: UUID | None
    value_id: str | None
    result: SkinDose | None
    method_version: str | None
    made_at: datetime | None
    follow_up: FollowUp | None
    is_looked_at: bool


def look(session: Session, exam_id: UUID, *, looker: Looker, now: datetime, of_patient: UUID | None = None) -> SkinView:
    """
    Return the skin dose of an exam; ``of_patient`` is the only patient that this look may be at.

    Raises:
        UnknownExamError: as of ``viewing.look_at_exam``.
    """
    explained = viewing.look_at_exam(session, exam_id, looker=looker, now=now, of_patient=of_patient)
    patient_id = explained.patient.id
    record_look(session, looker, Action.READ_SKIN_DOSE, now=now, patient_id=patient_id, exam_id=exam_id)
    state = _state(session, exam_id, explained.detail.summary.state, has_events=bool(explained.detail.exam.projection))
    is_shown = state in (SkinState.COMPUTED, SkinState.PENDING)
    row = skin_maps.newest(session, [exam_id]).get(exam_id) if is_shown else None
    if row is None and state is SkinState.COMPUTED:
        state = SkinState.PENDING  # the worker has not come yet
    result = skin_mapping.result_from_packed(row.result) if row else None
    return SkinView(
        exam_id=exam_id,
        patient=explained.patient,
        summary=explained.detail.summary,
        state=state,
        map_id=row.id if row else None,
        value_id=str(peak_id(row.id)) if row and result and isinstance(result.peak, Estimate) else None,
        result=result,
        method_version=row.method_version if row else None,
        made_at=row.made_at if row else None,
        follow_up=skin_follow_up.of_exam(session, exam_id) if is_shown else None,
        is_looked_at=skin_follow_up.is_looked_at(session, exam_id),
    )


def _state(session: Session, exam_id: UUID, standing: Standing, *, has_events: bool) -> SkinState:
    if standing is not Standing.COUNTED:
        return SkinState.NOT_COUNTED
    if not has_events:
        return SkinState.NO_PROJECTION
    waits = skin_maps.is_due(session, exam_id) or estimates.is_pending(session, exam_id)
    return SkinState.PENDING if waits else SkinState.COMPUTED


def picture(session: Session, exam_id: UUID, *, looker: Looker, now: datetime, of_patient: UUID | None = None) -> bytes:
    """
    Return the map of skin dose of an exam as a picture (PNG). It names no patient.

    Raises:
        UnknownExamError: as of ``viewing.look_at_exam``.
        NoSkinMapError: there is none, or it was computed by another release and is computed anew.
    """
    view = look(session, exam_id, looker=looker, now=now, of_patient=of_patient)
    row = skin_maps.get(session, view.map_id) if view.map_id else None
    result = view.result
    if row is None or result is None:
        raise NoSkinMapError("there is no map of this exam; its skin dose says why")
    title = "Skin dose of one exam" if view.state is SkinState.COMPUTED else "Skin dose of an earlier state of one exam"
    return drawn(row, result, title=title)


def drawn(row: SkinMapRow, result: SkinDose, *, title: str) -> bytes:
    """
    Return a map that was kept as a picture (PNG), with its interval, its method, and all that bears on it.

    Raises:
        NoSkinMapError: it has none, or it was computed by another release.
    """
    if row.map is None or result.subject is None:
        raise NoSkinMapError("there is no map of this exam; its skin dose says why")
    body, _ = patient_body(result.subject, arms_beside=result.choice.arms_beside)
    doses = skin_mapping.doses_from_packed(row.map)
    if (body.name, len(body.cells_mm)) != (row.phantom, len(doses)):
        raise NoSkinMapError("the map is of another release; it is computed anew")
    notes = [
        _sureness(result),
        *(f"Left out: {len(one.event_uids)} event(s): {one.reason}." for one in result.left_out),
        *(f"{caveat[0].upper()}{caveat[1:]}." for caveat in result.caveats),
    ]
    return drawing.picture(body, doses, Caption(title=title, is_indicative=not result.is_validated, notes=notes))


def _sureness(result: SkinDose) -> str:
    """Return how sure the peak is and by which method, since no estimate goes out without."""
    peak = result.peak
    if not isinstance(peak, Estimate):
        return f"No dose: {peak.reason}."
    low, high, coverage = peak.interval.low, peak.interval.high, peak.interval.coverage
    how_sure = "" if coverage is None else f" ({coverage:.0%})"
    words = f"The peak lies within {low:.3g} to {high:.3g} {peak.unit}{how_sure}; {peak.interval.source}."
    return f"{words} Computed by the method {peak.method_id} {peak.method_version}."
