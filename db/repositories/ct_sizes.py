"""Queries on the sizes that were measured in CT images."""

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan, nan
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from db.session import Session
from db.tables.ct_size import CtSizeLookRow, CtSizeRow
from db.tables.exam import ExamRow
from dose_core.estimating.ct_slices import MeasuredSlices
from dose_core.ledger.standing import Standing

_PARTS_OF_FIRST, _PARTS = 4, 5  # numbers of each slice: version 1 of the method kept no effective diameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """When the images of an exam were looked at, and why nothing came of it."""

    evidence_at: datetime | None
    attempts: int
    reason: str | None


def due(session: Session, *, now: datetime, quiet_since: datetime, first_at: datetime, limit: int) -> list[UUID]:
    """
    Return counted CT exams whose images are to be looked at, those that wait longest first.

    They began and came at ``first_at`` or later, nothing came since ``quiet_since``, and something came after the last
    look.
    """
    query = (
        select(ExamRow.id)
        .outerjoin(CtSizeLookRow, CtSizeLookRow.exam_id == ExamRow.id)
        .where(
            ExamRow.state == Standing.COUNTED,
            ExamRow.expired_at.is_(None),
            ExamRow.modality.regexp_match("(^|/)CT(/|$)"),
            ExamRow.created_at >= first_at,  # an index finds these
            func.coalesce(ExamRow.started_at, ExamRow.created_at) >= first_at,
            ExamRow.last_evidence_at <= quiet_since,
            or_(CtSizeLookRow.evidence_at.is_(None), CtSizeLookRow.evidence_at < ExamRow.last_evidence_at),
            or_(CtSizeLookRow.not_before.is_(None), CtSizeLookRow.not_before <= now),
        )
        .order_by(ExamRow.last_evidence_at, ExamRow.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def look(session: Session, exam_id: UUID) -> Look | None:
    """Return when an exam's images were looked at, ``None`` if never."""
    row = session.get(CtSizeLookRow, exam_id)
    return Look(evidence_at=row.evidence_at, attempts=row.attempts, reason=row.reason) if row else None


def mark(
    session: Session,
    exam_id: UUID,
    *,
    evidence_at: datetime | None,
    attempts: int,
    not_before: datetime,
    reason: str | None,
) -> None:
    """Keep what came of a look, in place of what came of the one before."""
    values = {"evidence_at": evidence_at, "attempts": attempts, "not_before": not_before, "reason": reason}
    query = insert_or_update(CtSizeLookRow).values(exam_id=exam_id, **values)
    session.execute(query.on_conflict_do_update(index_elements=["exam_id"], set_=values))


def keep(
    session: Session, exam_id: UUID, measured: Sequence[MeasuredSlices], *, method_version: str, now: datetime
) -> None:
    """Keep what was measured in an exam's images, in place of what was measured before."""
    session.execute(delete(CtSizeRow).where(CtSizeRow.exam_id == exam_id))
    for one in measured:
        session.execute(
            insert(CtSizeRow).values(
                exam_id=exam_id,
                event_uid=one.event_uid,
                series_instance_uid=one.series_instance_uid,
                sop_instance_uid=one.sop_instance_uid,
                slices=_packed(one),
                method_version=method_version,
                measured_at=now,
            )
        )


def of_exam(session: Session, exam_id: UUID) -> list[MeasuredSlices]:
    """Return what was measured in an exam's images, by event."""
    query = select(CtSizeRow).where(CtSizeRow.exam_id == exam_id).order_by(CtSizeRow.event_uid)
    return [_unpacked(row) for row in session.scalars(query)]


def _packed(slices: MeasuredSlices) -> bytes:
    """
    Return all z, Dw, CTDIvol, cut shares and effective diameters, one after the other (NaN: none).

    They are floats of four bytes, little endian.
    """
    doses, effective = (
        (nan if value is None else value for value in values)
        for values in (slices.ctdi_vol_mgy, slices.effective_mm or (None,) * len(slices.dw_mm))
    )
    return _swapped(array("f", (*slices.z_mm, *slices.dw_mm, *doses, *slices.cut_share, *effective))).tobytes()


def _unpacked(row: CtSizeRow) -> MeasuredSlices:
    numbers = array("f")
    numbers.frombytes(row.slices)
    _swapped(numbers)
    parts = _PARTS_OF_FIRST if row.method_version == "1" else _PARTS
    count = len(numbers) // parts
    z_mm, dw_mm, doses, cut, *more = (tuple(numbers[part * count : (part + 1) * count]) for part in range(parts))
    return MeasuredSlices(
        event_uid=row.event_uid,
        series_instance_uid=row.series_instance_uid,
        sop_instance_uid=row.sop_instance_uid,
        z_mm=z_mm,
        dw_mm=dw_mm,
        ctdi_vol_mgy=_known(doses),
        cut_share=cut,
        effective_mm=_known(more[0]) if more else (),
    )


def _known(values: tuple[float, ...]) -> tuple[float | None, ...]:
    return tuple(None if isnan(value) else value for value in values)


def _swapped(numbers: "array[float]") -> "array[float]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
