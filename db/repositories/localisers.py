"""Queries on the calibrations of localisers, and on the sizes that were measured in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from db.session import Session
from db.tables.localiser import LocaliserCalibrationRow, LocaliserSizeRow
from dose_core.estimating.ct_slices import LocaliserLines


def calibrations(session: Session, device_ids: Sequence[UUID]) -> list[LocaliserCalibrationRow]:
    """Return all calibrations of a machine, all of whose rows are given, the newest first."""
    query = select(LocaliserCalibrationRow).where(LocaliserCalibrationRow.device_id.in_(device_ids))
    return list(session.scalars(query.order_by(LocaliserCalibrationRow.id.desc())))


def add_calibration(session: Session, values: dict[str, Any]) -> None:
    """Keep a calibration."""
    session.execute(insert(LocaliserCalibrationRow).values(**values))


def keep(
    session: Session, exam_id: UUID, measured: Sequence[LocaliserLines], *, method_version: str, now: datetime
) -> None:
    """Keep what was measured in an exam's localisers, in place of what was measured before."""
    session.execute(delete(LocaliserSizeRow).where(LocaliserSizeRow.exam_id == exam_id))
    for one in measured:
        session.execute(
            insert(LocaliserSizeRow).values(
                exam_id=exam_id,
                event_uid=one.event_uid,
                series_instance_uid=one.series_instance_uid,
                sop_instance_uid=one.sop_instance_uid,
                z_mm=list(one.z_mm),
                dw_mm=list(one.dw_mm),
                calibration_version=one.calibration_version,
                method_version=method_version,
                measured_at=now,
            )
        )


def of_exam(session: Session, exam_id: UUID) -> list[LocaliserLines]:
    """Return what was measured in an exam's localisers, by event."""
    query = select(LocaliserSizeRow).where(LocaliserSizeRow.exam_id == exam_id).order_by(LocaliserSizeRow.event_uid)
    return [
        LocaliserLines(
            event_uid=row.event_uid,
            series_instance_uid=row.series_instance_uid,
            sop_instance_uid=row.sop_instance_uid,
            z_mm=tuple(row.z_mm),
            dw_mm=tuple(row.dw_mm),
            calibration_version=row.calibration_version,
        )
        for row in session.scalars(query)
    ]
