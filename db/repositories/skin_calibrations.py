"""Queries on the calibrations of devices for skin dose."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from db.session import Session
from db.tables.skin import SkinCalibrationRow


def newest(session: Session, device_ids: Sequence[UUID]) -> SkinCalibrationRow | None:
    """Return the calibration that counts of a machine, all of whose rows are given."""
    query = select(SkinCalibrationRow).where(SkinCalibrationRow.device_id.in_(device_ids))
    return session.scalars(query.order_by(SkinCalibrationRow.id.desc()).limit(1)).first()


def all_of(session: Session, device_ids: Sequence[UUID]) -> list[SkinCalibrationRow]:
    """Return all calibrations of a machine, the newest first."""
    query = select(SkinCalibrationRow).where(SkinCalibrationRow.device_id.in_(device_ids))
    return list(session.scalars(query.order_by(SkinCalibrationRow.id.desc())))


def add(session: Session, values: dict[str, Any]) -> None:
    """Keep a calibration."""
    session.execute(insert(SkinCalibrationRow).values(**values))
