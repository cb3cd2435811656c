"""Queries on who let a site see effective dose."""

from datetime import datetime

from sqlalchemy import insert, select

from db.session import Session
from db.tables.estimate import EffectiveDoseSwitchRow


def newest(session: Session, site: str) -> EffectiveDoseSwitchRow | None:
    """Return what was decided last for a site."""
    query = select(EffectiveDoseSwitchRow).where(EffectiveDoseSwitchRow.site == site)
    return session.scalars(query.order_by(EffectiveDoseSwitchRow.id.desc()).limit(1)).one_or_none()


def add(session: Session, site: str, *, is_on: bool, reason: str, decided_by: str, now: datetime) -> None:
    """Keep a decision."""
    values = {"site": site, "is_on": is_on, "reason": reason, "decided_by": decided_by, "decided_at": now}
    session.execute(insert(EffectiveDoseSwitchRow).values(**values))
