"""Tables of skin doses: maps, what waits for one, calibrations of devices, what people say of a patient's place."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import IdMixin, TableBase


class SkinMapRow(IdMixin, TableBase):
    """
    What was computed of the skin of one exam at one time. Append-only; the newest of an exam counts.

    ``case_digest`` is that of all that went in: the same case need not be computed again. ``map`` is the dose of each
    cell as packed 32-bit floats in mGy, ``None`` where nothing could be computed.
    """

    __tablename__ = "skin_map"
    __table_args__ = (Index(None, "exam_id", "made_at"),)

    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"))
    revision_id: Mapped[UUID]
    method_version: Mapped[str]
    calibration_version: Mapped[int | None]  # None: what is known of the maker's devices
    case_digest: Mapped[bytes]  # SHA-256
    phantom: Mapped[str | None]
    map: Mapped[bytes | None]
    peak_mgy: Mapped[float | None]
    result: Mapped[bytes]  # packed dose_core.estimating.skin_dose.SkinDose
    made_at: Mapped[datetime]


class SkinMapDueRow(TableBase):
    """An exam whose skin dose is to be computed anew, once for each cause; taken by the worker."""

    __tablename__ = "skin_map_due"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    exam_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]


class SkinCalibrationRow(TableBase):
    """How a device states its geometry, as its site found out. Append-only; the newest version of a machine counts."""

    __tablename__ = "skin_calibration"
    __table_args__ = (UniqueConstraint("device_id", "version"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id", ondelete="RESTRICT"))
    version: Mapped[int]
    conventions: Mapped[dict[str, Any]]  # dose_core.dosimetry.skin.geometry.conventions.Conventions
    tube: Mapped[dict[str, Any]]  # dose_core.dosimetry.skin.physics.Physics
    is_validated: Mapped[bool]
    reason: Mapped[str]
    decided_by: Mapped[str]  # subject of the token
    decided_at: Mapped[datetime]


class SkinPlaceRow(TableBase):
    """Where a patient lay, as a person says of one exam. Append-only; the newest of an exam counts."""

    __tablename__ = "skin_place"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), index=True)
    left_mm: Mapped[float]
    back_mm: Mapped[float]
    head_mm: Mapped[float]
    position: Mapped[str | None]
    reason: Mapped[str]  # '' once the exam has expired
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    arms_beside: Mapped[bool | None]  # None: not said, so away
