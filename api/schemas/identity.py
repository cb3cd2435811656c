"""Bodies about who is who."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, StringConstraints

from api.schemas.base import BodyIn, BodyOut
from api.schemas.patients import IdentifierText
from dose_core.retention.wording import MAX_REASON, MIN_REASON

Reason = Annotated[str, StringConstraints(min_length=MIN_REASON, max_length=MAX_REASON)]


class UnmergeIn(BodyIn):
    """Why a merge was wrong. Names and identifiers are left out of what is kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "merged by mistake, call of the admission"}]})

    reason: Reason


class OtherPatientIn(BodyIn):
    """Another patient, by our id, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"patient_id": "00000000-0000-4000-8000-000000000001", "reason": "same person at both sites"}]
        }
    )

    patient_id: UUID
    reason: Reason


class MovedIdentifierIn(BodyIn):
    """An identifier with its authority that is the patient's, and why; in the body, since addresses end in logs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"value": "DEMO-0001", "authority": "DEMO", "reason": "typed for the wrong patient"}]
        }
    )

    value: IdentifierText
    authority: IdentifierText
    reason: Reason


class HeldIdentifierOut(BodyOut):
    """
    An identifier of a record, theirs from ``since`` until ``ended_at``, by the times of the events that said so.

    With ``replaced_at`` another took its place, and it still finds them; ``is_listed`` if it only stood beside the one
    that named them.
    """

    value: str
    authority: str
    type: str | None
    since: datetime
    ended_at: datetime | None
    replaced_at: datetime | None
    is_listed: bool


class IdentityRecordOut(BodyOut):
    """
    One of our records of a person. ``is_stated`` if HL7 or a person told of it, rather than DICOM objects alone.

    ``merged_into_id`` is the record that stands for it since ``merged_at``; ``deleted_at`` is when the source deleted
    the person, which removed nothing here.
    """

    id: UUID
    name: str | None
    birth_date: date | None
    sex: str | None
    is_stated: bool
    merged_into_id: UUID | None
    merged_at: datetime | None
    deleted_at: datetime | None
    identifiers: list[HeldIdentifierOut]


class IdentityLinkOut(BodyOut):
    """Two records who are one person and both live on."""

    one_id: UUID
    other_id: UUID
    since: datetime


class IdentityChangeOut(BodyOut):
    """One line of the journal; ``by`` and ``reason`` are given of what a person did."""

    kind: str
    patient_id: UUID
    other_patient_id: UUID | None
    event_at: datetime | None
    recorded_at: datetime
    hl7_message_id: UUID | None
    by: str | None
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]


class IdentityOut(BodyOut):
    """Who a patient is: ``id`` stands for all ``records``, whose doses are shown together; journal, oldest first."""

    id: UUID
    records: list[IdentityRecordOut]
    links: list[IdentityLinkOut]
    journal: list[IdentityChangeOut]
