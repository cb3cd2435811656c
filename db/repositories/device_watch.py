"""Queries for looking after devices: on which ways their objects come, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from db.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way on which objects of a machine came: from an AE title, by a sender of ours."""

    machine_id: UUID
    sender: str
    calling_aet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days on which objects of a machine came, in their order; ``last_at`` is when the newest did."""

    machine_id: UUID
    last_at: datetime
    days: tuple[date, ...]


# A report tells where its device sends to. An image may come from a workstation that made it of others, so that
# images tell only where one object came on two ways: the same bytes, or another version of them.
_WAYS = text(
    """
    WITH twice AS (
        SELECT e.id, e.sender, e.calling_aet, w.sender AS other_sender, w.calling_aet AS other_aet
        FROM evidence_way w JOIN evidence e ON e.id = w.evidence_id WHERE w.received_at >= :since
        UNION ALL
        SELECT e.id, e.sender, e.calling_aet, g.sender, g.calling_aet
        FROM evidence e JOIN evidence g
            ON g.sop_instance_uid = e.sop_instance_uid AND g.site = e.site AND g.id <> e.id
        WHERE e.received_at >= :since AND e.calling_aet IS NOT NULL
            AND (g.sender, g.calling_aet) <> (e.sender, e.calling_aet)
    ), came AS (
        SELECT e.id, e.sender, e.calling_aet
        FROM evidence e JOIN statement s ON s.evidence_id = e.id AND s.kind = ANY (:reports)
        WHERE e.received_at >= :since AND e.calling_aet IS NOT NULL
        UNION SELECT id, sender, calling_aet FROM twice
        UNION SELECT id, other_sender, other_aet FROM twice
    )
    SELECT DISTINCT coalesce(d.machine_id, d.id) AS machine_id, c.sender, c.calling_aet
    FROM came c
    JOIN statement s ON s.evidence_id = c.id
    JOIN exam x ON x.study_instance_uid = s.study_instance_uid AND x.site = s.site
    JOIN device d ON d.id = x.device_id
    WHERE c.calling_aet <> '' AND c.sender <> :no_way
    ORDER BY 1, 2, 3
    """
)

_SILENT = text(
    """
    WITH last AS (
        SELECT coalesce(d.machine_id, d.id) AS machine_id, max(l.last_evidence_at) AS at
        FROM device d CROSS JOIN LATERAL (
            SELECT e.last_evidence_at FROM exam e WHERE e.device_id = d.id ORDER BY e.last_evidence_at DESC LIMIT 1
        ) l GROUP BY 1
    )
    SELECT m.machine_id, m.at AS last_at,
        array_agg(DISTINCT CAST(e.last_evidence_at AT TIME ZONE :zone AS date)) AS days
    FROM last m
    JOIN device d ON coalesce(d.machine_id, d.id) = m.machine_id
    JOIN exam e ON e.device_id = d.id AND e.last_evidence_at > m.at - CAST(:window AS interval)
    WHERE m.at < :silent_since
    GROUP BY m.machine_id, m.at
    """
)


def ways(session: Session, *, reports: Sequence[str], since: datetime, no_way: str) -> list[Way]:
    """
    Return the ways on which objects of each machine came.

    ``reports`` are the kinds that a device itself sends; ``no_way`` is a sender of ours that nobody sends by.
    """
    found = session.execute(_WAYS, {"reports": list(reports), "since": since, "no_way": no_way})
    return [Way(machine_id=row.machine_id, sender=row.sender, calling_aet=row.calling_aet) for row in found]


def silent(session: Session, *, since: datetime, window: timedelta, zone: str) -> list[Days]:
    """Return the machines of which nothing came ``since``, with the days of the time before their last object."""
    values = {"silent_since": since, "window": window, "zone": zone}
    return [
        Days(machine_id=row.machine_id, last_at=row.last_at, days=tuple(sorted(row.days)))
        for row in session.execute(_SILENT, values)
    ]
