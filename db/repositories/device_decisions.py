"""Queries on what operators decided about devices."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from db.session import Session
from db.tables.device import DeviceDecisionRow


def add(
    session: Session,
    *,
    kind: str,
    site: str,
    device_ids: Sequence[UUID],
    decided_by: str,
    decided_at: datetime,
    comment: str,
    withdraws: int | None = None,
) -> int:
    """Write a decision into the journal and return its number."""
    row = DeviceDecisionRow(
        kind=kind,
        site=site,
        device_ids=[str(one) for one in device_ids],
        withdraws=withdraws,
        decided_by=decided_by,
        decided_at=decided_at,
        comment=comment,
    )
    session.add(row)
    session.flush()
    return row.id


def get(session: Session, decision_id: int) -> DeviceDecisionRow | None:
    """Return one decision."""
    return session.get(DeviceDecisionRow, decision_id)


def standing(session: Session, site: str) -> list[DeviceDecisionRow]:
    """Return the decisions of a site that were not withdrawn, oldest first."""
    later = aliased(DeviceDecisionRow)
    withdrawn = select(later.id).where(later.withdraws == DeviceDecisionRow.id).exists()
    query = select(DeviceDecisionRow).where(
        DeviceDecisionRow.site == site, DeviceDecisionRow.kind != "withdrawn", ~withdrawn
    )
    return list(session.scalars(query.order_by(DeviceDecisionRow.id)))


def journal(session: Session, site: str) -> list[DeviceDecisionRow]:
    """Return all that was decided at a site, oldest first."""
    query = select(DeviceDecisionRow).where(DeviceDecisionRow.site == site).order_by(DeviceDecisionRow.id)
    return list(session.scalars(query))
