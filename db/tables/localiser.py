"""Tables of sizes from CT localisers: the calibrations of devices, and what was measured by them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Identity, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TableBase


class LocaliserCalibrationRow(TableBase):
    """How the localisers of a device attenuate, as its site measured. Append-only; the newest of a machine counts."""

    __tablename__ = "localiser_calibration"
    __table_args__ = (UniqueConstraint("device_id", "version"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id", ondelete="RESTRICT"))
    version: Mapped[int]
    calibrations: Mapped[list[Any]]  # dose_core.dosimetry.ct_size.localiser.LocaliserCalibration
    reason: Mapped[str]  # from what: phantoms, protocol, day
    decided_by: Mapped[str]  # subject of the token
    decided_at: Mapped[datetime]


class LocaliserSizeRow(TableBase):
    """What was measured in a localiser for one CT event whose slices show no size; measured anew with them."""

    __tablename__ = "localiser_size"

    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), primary_key=True)
    event_uid: Mapped[str] = mapped_column(primary_key=True)
    series_instance_uid: Mapped[str]
    sop_instance_uid: Mapped[str]
    z_mm: Mapped[list[float]] = mapped_column(ARRAY(Double))
    dw_mm: Mapped[list[float]] = mapped_column(ARRAY(Double))
    calibration_version: Mapped[int]
    method_version: Mapped[str]
    measured_at: Mapped[datetime]
