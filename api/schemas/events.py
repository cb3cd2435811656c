"""What the bodies of all irradiation events share."""

from dataclasses import fields
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from api.schemas.base import BodyOut
from dose_core.ledger.source import Source
from dose_core.model import Kind
from dose_services.event_origins import EventOrigin
from dose_services.value_classes import ValueClass, class_of_field
from dose_services.value_ids import Placed, value_ids


class CodeOut(BodyOut):
    """A coded entry as stated."""

    value: str
    scheme: str
    meaning: str | None


class SourceObjectOut(BodyOut):
    """The object that values were read from."""

    sop_instance_uid: str
    kind: Kind
    reader_version: str
    evidence_id: UUID
    received_at: datetime


class StatedValueOut(BodyOut):
    """Where one field came from: its place in the object, and the text and unit that stand there."""

    field: str
    path: str
    text: str
    unit: str | None


class FilledOut(BodyOut):
    """A field that the object which speaks for an event leaves open, and the object from which it was taken."""

    field: str
    source: SourceObjectOut


class EventOut(BodyOut):
    """
    One irradiation event, counted once.

    ``value_ids`` has the id of each number by its field; the number of a list has the id of the list and its index.
    ``classes`` names those that are not measured: stated estimates, whose interval is not stated, and ours.
    ``device`` is a place in the exam's ``devices``. ``notes`` say where other objects differ.
    """

    event_uid: str
    uid_is_stand_in: bool
    source: Source
    device: int
    notes: list[str]
    source_object: SourceObjectOut | None
    other_source_objects: int
    filled: list[FilledOut]
    stated: list[StatedValueOut]
    value_ids: dict[str, str]
    classes: dict[str, ValueClass]

    @classmethod
    def of(cls, placed: Placed, origin: EventOrigin | None, revision_id: UUID) -> Self:
        """Return the body."""
        event = placed.event
        stated = event.event
        ids = value_ids(placed, revision_id)
        body: dict[str, Any] = {one.name: getattr(stated, one.name) for one in fields(stated)}
        body |= cls.more(placed)
        body |= {
            "part": placed.part,
            "event_uid": event.event_uid,
            "uid_is_stand_in": event.uid_is_stand_in,
            "source": event.source,
            "device": getattr(event, "device", 0),
            "notes": getattr(event, "notes", ()),
            "source_object": origin.source if origin else None,
            "other_source_objects": origin.others if origin else 0,
            "filled": origin.filled if origin else (),
            "stated": origin.stated if origin else (),
            "value_ids": ids,
            "classes": {field: its for field in ids if (its := class_of_field(field)) is not ValueClass.MEASURED},
        }
        return cls.model_validate(body)

    @classmethod
    def more(cls, placed: Placed) -> dict[str, Any]:  # noqa: ARG003 - for those events that have more
        """Return what an event of this kind has beside what is stated of it."""
        return {}
