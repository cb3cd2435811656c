"""The record of looks as auditors read it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from api.schemas.base import BodyOut


class LookOut(BodyOut):
    """
    One look: who, what, about whom, why, from where, by which door, and what came of it.

    ``outcome`` is why it was refused; nothing stands for what was done. ``chain_id`` and ``position`` are its place in
    the chain of the process that recorded it, none for what was recorded before there were chains.
    """

    id: UUID
    at: datetime
    subject: str
    user_id: UUID | None
    action: str
    patient_id: UUID | None
    exam_id: UUID | None
    reason: str | None
    outcome: str | None
    asked_from: str | None
    via: str
    reference: UUID | None
    route: str
    chain_id: UUID | None
    position: int | None

    @classmethod
    def of(cls, look: dict[str, Any]) -> "LookOut":
        """Return it from the columns of the access log."""
        return cls.model_validate(look)


class LooksOut(BodyOut):
    """A page of looks, newest first; ``next`` asks for the page after it."""

    looks: list[LookOut]
    next: UUID | None
