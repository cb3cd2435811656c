"""Bodies about how the localisers of a CT device attenuate."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from api.schemas.base import BodyIn, BodyOut
from api.schemas.skin import Reason
from dose_core.dosimetry.ct_size.localiser import LocaliserCalibration, View
from dose_services.localiser_calibrations import DeviceLocalisers


class LocaliserCalibrationIn(BodyIn):
    """
    Of localisers of one voltage, view and width: water in mm = slope x mean pixel value + intercept.

    ``kernel`` is the Convolution Kernel for which it holds, ``null`` any.
    """

    kv: Annotated[float, Field(ge=40, le=200, allow_inf_nan=False)]
    view: View
    width_mm: Annotated[float, Field(ge=50, le=2000, allow_inf_nan=False)]
    slope_mm: Annotated[float, Field(ge=-1e4, le=1e4, allow_inf_nan=False)]
    intercept_mm: Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
    kernel: Annotated[str, Field(min_length=1, max_length=64)] | None = None

    def as_calibration(self) -> LocaliserCalibration:
        """Return the calibration."""
        return LocaliserCalibration(**dict(self))


class LocaliserCalibrationsIn(BodyIn):
    """All calibrations of a device, in place of those before; ``reason`` says from what they were made."""

    calibrations: Annotated[list[LocaliserCalibrationIn], Field(max_length=64)]
    reason: Reason


class LocaliserCalibrationOut(BodyOut):
    """A calibration of localisers of one voltage, view, width and kernel."""

    kv: float
    view: View
    width_mm: float
    slope_mm: float
    intercept_mm: float
    kernel: str | None


class LocaliserVersionOut(BodyOut):
    """One version of a device's calibrations, by whom, when, and from what."""

    version: int
    calibrations: list[LocaliserCalibrationOut]
    reason: str
    decided_by: str
    decided_at: datetime


class DeviceLocalisersOut(BodyOut):
    """The first of ``versions`` counts; without any, localisers of the device are not measured."""

    device_id: UUID
    versions: list[LocaliserVersionOut]

    @classmethod
    def of(cls, known: DeviceLocalisers) -> Self:
        """Return the body of what is known."""
        return cls.model_validate(known)
