"""Queries on how far the exams of a device can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from db.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Exams of a period, and how many of them are complete, conformant, plausible and on time."""

    exams: int
    complete: int
    without_dose: int
    conformant: int
    with_warnings: int
    plausible: int
    on_time: int


# What counts: exams of patients, on which something came in the period and which lie in it; an old archive that
# is taken in says nothing of how a device sends today.
_OF_PERIOD = """
    SELECT e.id, e.read_warnings, e.created_at, e.started_at,
        jsonb_path_exists(e.summary, '$.totals[*].value ? (@ >= 0)') AS has_dose
    FROM exam e
    WHERE e.device_id = ANY (:device_ids) AND e.state IN ('counted','held')
        AND e.last_evidence_at >= :since AND coalesce(e.started_at, e.created_at) >= :since
"""
_COUNTS = text(
    f"""
    WITH seen AS ({_OF_PERIOD})
    SELECT count(*) AS exams,
        count(*) FILTER (WHERE has_dose AND f.incomplete IS NOT TRUE) AS complete,
        count(*) FILTER (WHERE NOT has_dose) AS without_dose,
        count(*) FILTER (WHERE read_warnings = 0 AND f.not_conformant IS NOT TRUE) AS conformant,
        count(*) FILTER (WHERE read_warnings > 0) AS with_warnings,
        count(*) FILTER (WHERE f.not_plausible IS NOT TRUE) AS plausible,
        count(*) FILTER (WHERE coalesce(created_at <= started_at + CAST(:on_time AS interval), false)) AS on_time
    FROM seen LEFT JOIN LATERAL (
        SELECT bool_or(kind = ANY (:incomplete)) AS incomplete, bool_or(kind = ANY (:not_conformant)) AS not_conformant,
            bool_or(kind = ANY (:not_plausible)) AS not_plausible
        FROM finding WHERE exam_id = seen.id AND resolved_at IS NULL
    ) f ON true
    """  # noqa: S608 - of constants of ours
)
_KINDS = text(
    f"""
    WITH seen AS ({_OF_PERIOD})
    SELECT f.kind, count(DISTINCT seen.id) AS exams
    FROM seen JOIN finding f ON f.exam_id = seen.id AND f.resolved_at IS NULL
    GROUP BY f.kind
    """  # noqa: S608 - likewise
)


def counts(
    session: Session,
    device_ids: Sequence[UUID],
    *,
    since: datetime,
    on_time: timedelta,
    incomplete: Sequence[str],
    not_conformant: Sequence[str],
    not_plausible: Sequence[str],
) -> Counts:
    """Return the counts of the exams of these rows; the kinds of open finding say what an exam is not."""
    values = {
        "device_ids": list(device_ids),
        "since": since,
        "on_time": on_time,
        "incomplete": list(incomplete),
        "not_conformant": list(not_conformant),
        "not_plausible": list(not_plausible),
    }
    return Counts(**session.execute(_COUNTS, values).mappings().one())


def kinds(session: Session, device_ids: Sequence[UUID], *, since: datetime) -> dict[str, int]:
    """Return how many of these exams have an open finding, by kind."""
    found = session.execute(_KINDS, {"device_ids": list(device_ids), "since": since})
    return {row.kind: row.exams for row in found}
