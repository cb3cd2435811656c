"""Bodies about exams that wait for a person."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict

from api.schemas.base import BodyIn, BodyOut
from api.schemas.devices import Comment
from api.schemas.patients import PatientOut
from dose_core.ledger.standing import Decided, Standing


class DecisionOut(BodyOut):
    """What a person decided about an exam; ``patient_id`` is whose it became, ``from_patient_id`` whose it was."""

    kind: Decided
    patient_id: UUID | None
    from_patient_id: UUID | None
    decided_by: str
    decided_at: datetime
    comment: str


class DeskExamOut(BodyOut):
    """
    One exam as it stands, and why.

    ``patient`` has it now: a placeholder without identifiers if its objects name several. ``named`` are the patients
    that its objects name, if it is or was held; ``counted_in`` the exams that count an irradiation event of it.
    """

    id: UUID
    site: str
    study_instance_uid: str
    state: Standing
    state_reason: str | None
    modality: str
    region: str | None
    study_description: str | None
    started_at: datetime | None
    started_local: str | None
    known_since: datetime
    patient: PatientOut
    named: list[PatientOut]
    counted_in: list[UUID]
    decisions: list[DecisionOut]


class DeskOut(BodyOut):
    """A page of the desk, the longest known exam first; the id of the last one asks for the next page."""

    exams: list[DeskExamOut]


class ReleaseIn(BodyIn):
    """Whose an exam is, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"patient_id": "0b0e5f8e-0000-4000-8000-000000000004", "comment": "the wristband was read again"}
            ]
        }
    )

    patient_id: UUID
    comment: Comment


class DecisionIn(BodyIn):
    """Why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"comment": "constancy test of the month"}]})

    comment: Comment
