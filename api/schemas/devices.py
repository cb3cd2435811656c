"""Bodies about devices."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas.base import BodyIn, BodyOut
from dose_core.ledger.device_class import DeviceClass
from dose_services.device_trust import Aspect
from dose_services.finding_kinds import FindingKind

# A sentence or two; people are told to name no patient in it.
Comment = Annotated[str, Field(min_length=1, max_length=1000)]


class DeviceOut(BodyOut):
    """One machine; ``null`` is what none of its objects states. ``appearances`` counts the ways they state it in."""

    id: UUID
    site: str
    manufacturer: str | None
    model: str | None
    serial_number: str | None
    station_name: str | None
    institution: str | None
    observer_uid: str | None
    ae_title: str | None
    sends_no_rdsr: bool
    classed_as: DeviceClass
    first_seen_at: datetime
    last_object_at: datetime | None
    appearances: int
    organisation_id: UUID | None  # null leaves it to the site


class DevicesOut(BodyOut):
    """All devices that an object named."""

    devices: list[DeviceOut]


class AppearanceOut(BodyOut):
    """A machine as objects state it."""

    id: UUID
    manufacturer: str | None
    model: str | None
    serial_number: str | None
    station_name: str | None
    institution: str | None
    observer_uid: str | None
    ae_title: str | None
    first_seen_at: datetime


class SoftwareOut(BodyOut):
    """Software that objects of a machine name, and the first day of which one is known."""

    versions: list[str]
    since: date


class DeviceDecisionOut(BodyOut):
    """A merge, a split, or the withdrawal of one."""

    number: int
    kind: str
    device_ids: list[UUID]
    withdraws: int | None
    decided_by: str
    decided_at: datetime
    comment: str


class DeviceDetailOut(BodyOut):
    """One machine with all that is known of it."""

    device: DeviceOut
    appearances: list[AppearanceOut]
    software: list[SoftwareOut]
    decisions: list[DeviceDecisionOut]


class DeviceChangeIn(BodyIn):
    """What may be set on a device; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"sends_no_rdsr": True, "classed_as": "radiography"}]})

    sends_no_rdsr: bool | None = None
    classed_as: DeviceClass | None = None


class DeviceMergeIn(BodyIn):
    """Another device that is the same machine."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"other_id": "0b0e5f8e-0000-4000-8000-000000000002", "comment": "same room, new console"}]
        }
    )

    other_id: UUID
    comment: Comment


class DeviceSplitIn(BodyIn):
    """Appearances that are another machine."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"appearance_ids": ["0b0e5f8e-0000-4000-8000-000000000003"], "comment": "the loan scanner of May"}
            ]
        }
    )

    appearance_ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)]
    comment: Comment


class WithdrawIn(BodyIn):
    """Why a decision is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"comment": "the other scanner it was"}]})

    comment: Comment


class TrustShareOut(BodyOut):
    """Of how many exams something holds; ``share`` is 0 to 1, null of no exam."""

    aspect: Aspect
    exams: int
    share: float | None


class TrustReasonOut(BodyOut):
    """What lowers a share, and in how many exams; ``kind`` is that of their findings, if they have any."""

    aspect: Aspect
    kind: FindingKind | None
    text: str
    exams: int


class TrustOut(BodyOut):
    """The grade of a device, A to D by its lowest share; null if there are too few exams to tell."""

    device_id: UUID
    since: datetime
    exams: int
    grade: str | None
    shares: list[TrustShareOut]
    reasons: list[TrustReasonOut]
