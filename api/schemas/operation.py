"""Bodies about devices, findings and the state of the service."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict

from api.schemas.base import BodyIn, BodyOut


class DeviceOut(BodyOut):
    """One irradiating device."""

    id: UUID
    manufacturer: str | None
    model: str | None
    serial_number: str | None
    station_name: str | None
    institution: str | None
    sends_no_rdsr: bool
    first_seen_at: datetime


class DevicesOut(BodyOut):
    """All devices that an object named."""

    devices: list[DeviceOut]


class DeviceChangeIn(BodyIn):
    """What may be set on a device."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"sends_no_rdsr": True}]})

    sends_no_rdsr: bool


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
