"""Bodies about how a device states its geometry."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from api.schemas.base import BodyIn, BodyOut
from api.schemas.skin import Reason
from dose_core.dosimetry.skin.geometry.conventions import Conventions
from dose_core.dosimetry.skin.physics import Physics
from dose_services.skin_calibrations import DeviceGeometry

_Offset = Annotated[float, Field(ge=-5000, le=5000, allow_inf_nan=False)]
_Size = Annotated[float, Field(ge=0, le=5000, allow_inf_nan=False)]
_Sign = Literal[-1, 1]


class ConventionsIn(BodyIn):
    """How the device states table and angles; what is left out is as the standard has it."""

    head_foot: Literal["lateral", "longitudinal"] = "lateral"
    left_sign: _Sign = 1
    height_sign: _Sign = 1
    head_sign: _Sign = 1
    left_offset_mm: _Offset = 0.0
    height_offset_mm: _Offset = 0.0
    head_offset_mm: _Offset = 0.0
    primary_sign: _Sign = 1
    secondary_sign: _Sign = 1
    rotation_sign: _Sign = 1
    tilt_sign: _Sign = 1
    cradle_sign: _Sign = 1
    angles_of: Literal["patient", "table"] = "patient"
    collimator_deg: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] = 0.0
    source_to_isocentre_mm: Annotated[float, Field(ge=300, le=2000, allow_inf_nan=False)] | None = None
    head_gap_mm: _Offset = 0.0
    table_length_mm: _Size = Conventions().table_length_mm
    table_width_mm: _Size = Conventions().table_width_mm
    table_mm: _Size = Conventions().table_mm
    mattress_mm: _Size = Conventions().mattress_mm


class TubeIn(BodyIn):
    """What is known of the tube and of what the patient lies on; ``null`` is assumed, with a caveat."""

    inherent_al_mm: Annotated[float, Field(ge=0.5, le=10, allow_inf_nan=False)] | None = None
    anode_deg: Annotated[float, Field(ge=1, le=45, allow_inf_nan=False)] | None = None
    table_system: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class CalibrationIn(BodyIn):
    """A calibration; ``is_validated`` says that maps were compared with a measurement on this device."""

    conventions: ConventionsIn
    tube: TubeIn = TubeIn()
    is_validated: bool
    reason: Reason

    def as_conventions(self, by: str) -> Conventions:
        """Return the conventions; ``by`` is who measured them."""
        return Conventions(**self.conventions.model_dump(), source=f"calibration by {by}")

    def as_tube(self) -> Physics:
        """Return what is known of the tube."""
        return Physics(**self.tube.model_dump())


class ConventionsOut(BodyOut):
    """How a device states its geometry, who says so, and what of it nobody checked."""

    head_foot: str
    left_sign: int
    height_sign: int
    head_sign: int
    left_offset_mm: float
    height_offset_mm: float
    head_offset_mm: float
    primary_sign: int
    secondary_sign: int
    rotation_sign: int
    tilt_sign: int
    cradle_sign: int
    angles_of: str
    collimator_deg: float
    source_to_isocentre_mm: float | None
    head_gap_mm: float
    table_length_mm: float
    table_width_mm: float
    table_mm: float
    mattress_mm: float
    source: str
    gaps: list[str]


class TubeOut(BodyOut):
    """What is known of the tube."""

    inherent_al_mm: float | None
    anode_deg: float | None
    table_system: str | None


class CalibrationOut(BodyOut):
    """One version of a calibration."""

    version: int
    conventions: ConventionsOut
    tube: TubeOut
    is_validated: bool
    reason: str
    decided_by: str
    decided_at: datetime


class DeviceGeometryOut(BodyOut):
    """The newest of ``calibrations`` counts, else ``of_maker``; without either no skin dose is computed."""

    device_id: UUID
    of_maker: ConventionsOut | None
    calibrations: list[CalibrationOut]

    @classmethod
    def of(cls, known: DeviceGeometry) -> Self:
        """Return the body of what is known."""
        return cls.model_validate(known)
