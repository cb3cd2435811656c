"""Bodies about patients that stand for somebody whose identity is not known."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict

from api.schemas.base import BodyIn, BodyOut
from api.schemas.devices import Comment
from api.schemas.patients import PatientOut


class PlaceholderOut(BodyOut):
    """
    A placeholder, the rule by which it is one, and its exams, counted or held.

    ``is_overdue`` if one of them counts for longer than the site's ``placeholder_hours``.
    """

    patient: PatientOut
    rule: str
    since: datetime
    exam_ids: list[UUID]
    is_overdue: bool


class PlaceholdersOut(BodyOut):
    """A page of placeholders, the longest known first; the patient's id of the last one asks for the next page."""

    placeholders: list[PlaceholderOut]


class MergePlaceholderIn(BodyIn):
    """Who a placeholder was, and why that is known."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"into_patient_id": "0b0e5f8e-0000-4000-8000-000000000004", "comment": "the police found the papers"}
            ]
        }
    )

    into_patient_id: UUID
    comment: Comment
