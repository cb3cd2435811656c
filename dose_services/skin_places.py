"""Where a patient lay on the table, which no object states: said by a person, of one exam, on record."""

from datetime import datetime
from uuid import UUID

from db.mapping import storable
from db.repositories import skin_maps
from db.session import Session
from dose_core.dosimetry.skin.geometry.aiming import Choice
from dose_core.retention.wording import reason_of
from dose_services import skin_views, viewing
from dose_services.audit import Action, Looker, record_look
from dose_services.skin_views import SkinView


def place(session: Session, exam_id: UUID, choice: Choice, *, reason: str, looker: Looker, now: datetime) -> SkinView:
    """
    Keep where the patient of an exam lay, have its skin dose computed anew, and return it as it stands.

    Raises:
        UnknownExamError: as of ``viewing.look_at_exam``.
        NoReasonError: the reason is none.
    """
    patient = viewing.look_at_exam(session, exam_id, looker=looker, now=now).patient
    numbers = [one.value for one in patient.identifiers]
    why = storable(reason_of(reason, names=[patient.name] if patient.name else [], numbers=numbers))
    values = {
        "exam_id": exam_id,
        "left_mm": choice.left_mm,
        "back_mm": choice.back_mm,
        "head_mm": choice.head_mm,
        "position": choice.position,
        "arms_beside": choice.arms_beside,
        "reason": why,
        "decided_by": looker.subject,
        "decided_at": now,
    }
    skin_maps.add_place(session, values)
    skin_maps.wake(session, exam_id, now=now)
    record_look(session, looker, Action.PLACE_PATIENT, now=now, patient_id=patient.id, exam_id=exam_id, reason=why)
    return skin_views.look(session, exam_id, looker=looker, now=now)
