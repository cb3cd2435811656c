"""Bodies about findings and the state of the service."""

from datetime import datetime
from typing import Any
from uuid import UUID

from api.schemas.base import BodyOut


class FindingOut(BodyOut):
    """Something that somebody should look at; holds no patient data."""

    id: UUID
    kind: str
    subject: str
    text: str
    detail: dict[str, Any]
    exam_id: UUID | None
    raised_at: datetime


class FindingsOut(BodyOut):
    """Findings that are not settled, newest first."""

    findings: list[FindingOut]


class HealthOut(BodyOut):
    """Whether the service can work; ``reason`` says what is missing."""

    status: str
    reason: str | None
