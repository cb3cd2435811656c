"""What auditors read of the record of looks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.reaching import Reach
from db.repositories import access_log
from db.session import Session

# In the order in which a reader asks: when, who, what, about whom, why, from where.
COLUMNS = (
    "at",
    "subject",
    "action",
    "patient_id",
    "exam_id",
    "reason",
    "outcome",
    "asked_from",
    "via",
    "reference",
    "route",
    "user_id",
    "id",
    "chain_id",
    "position",
)
# A spreadsheet takes a cell that begins so for a formula, also in its full-width form. Source: OWASP, CSV Injection.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - these are meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which looks are asked for; ``None`` asks for any."""

    subject: str | None = None
    action: str | None = None
    patient_id: UUID | None = None
    exam_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def page(
    session: Session, wanted: Wanted, *, after: UUID | None, limit: int, reach: Reach | None
) -> list[dict[str, Any]]:
    """Return looks within reach, newest first; with ``after`` those that follow that one."""
    filters = {name: getattr(wanted, name) for name in ("subject", "action", "patient_id", "exam_id")}
    return access_log.page(
        session, filters, since=wanted.since, until=wanted.until, after=after, limit=limit, reach=reach
    )


def between(session: Session, *, since: datetime | None, until: datetime | None) -> Iterator[dict[str, Any]]:
    """Yield the looks of a time, the oldest first, each with the columns of the access log but its digest."""
    yield from access_log.between(session, since=since, until=until)


def csv_row(look: Mapping[str, Any]) -> list[str]:
    """Return the cells of one look; what a spreadsheet would compute stands behind an apostrophe."""
    return [_cell(look[name]) for name in COLUMNS]


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.lstrip(" '\"").startswith(_FORMULA) else text
