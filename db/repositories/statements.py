"""Queries on statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db import mapping
from db.prepared import Prepared
from db.sealed import new_key, seal, unseal
from db.session import Session
from db.tables.statement import StatementRow
from dose_core.ledger.exam import Statement
from dose_core.ledger.versions import Version
from dose_core.model import CtReport, DoseReport, MammographyReport, NuclearReport, ProjectionReport


def add(
    session: Session,
    reports: Sequence[tuple[UUID, DoseReport]],
    *,
    site: str,
    reader_version: str,
    stated_at: datetime,
    replay_id: UUID | None = None,
) -> None:
    """Keep what objects state, once for each evidence, version of the reader and replay."""
    rows = [
        {
            **_row(evidence_id, report),
            "replay_id": replay_id,
            "reader_version": reader_version,
            "site": site,
            "study_instance_uid": mapping.storable(report.study_instance_uid),
            "stated_at": stated_at,
        }
        for evidence_id, report in reports
    ]
    session.execute(insert(StatementRow).on_conflict_do_nothing(), rows)


# The lock comes first, since both changes read it: what follows sees all that others did who had it before.
_DELIVER = Prepared(
    "deliver_statements",
    """
    WITH locked AS MATERIALIZED (
        SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))
    ), stated AS (
        INSERT INTO statement (id, evidence_id, kind, series_instance_uid, content, identity, identity_key,
            reader_version, site, study_instance_uid, stated_at)
        SELECT o.*, CAST(:reader_version AS text), CAST(:site AS text), CAST(:study_instance_uid AS text),
            CAST(:now AS timestamptz)
        FROM locked, unnest(CAST(:id AS uuid[]), CAST(:evidence_id AS uuid[]), CAST(:kind AS text[]),
            CAST(:series_instance_uid AS text[]), CAST(:content AS bytea[]), CAST(:identity AS bytea[]),
            CAST(:identity_key AS bytea[])) AS o
        ON CONFLICT DO NOTHING
    )
    UPDATE evidence SET read_status = 'read', read_reason = NULL, read_at = CAST(:now AS timestamptz)
    FROM locked WHERE evidence.id = ANY (CAST(:evidence_id AS uuid[])) AND read_status <> 'read'
    """,
)
_DELIVERED_COLUMNS = ("id", "evidence_id", "kind", "series_instance_uid", "content", "identity", "identity_key")


def deliver(
    session: Session,
    reports: Sequence[tuple[UUID, DoseReport]],
    *,
    lock: str,
    site: str,
    study_instance_uid: str,
    reader_version: str,
    now: datetime,
) -> None:
    """Wait for the lock of a study, keep what these objects of it state, and mark the objects as read."""
    rows = [_row(evidence_id, report) for evidence_id, report in reports]
    values: dict[str, Any] = {name: [row[name] for row in rows] for name in _DELIVERED_COLUMNS}
    about = {"site": site, "study_instance_uid": study_instance_uid, "reader_version": reader_version}
    _DELIVER.run_later(session, values | about | {"lock": lock, "now": now})


def _row(evidence_id: UUID, report: DoseReport) -> dict[str, Any]:
    key = new_key()
    return {
        "id": uuid4(),
        "evidence_id": evidence_id,
        "kind": report.kind,
        "series_instance_uid": mapping.storable(_series_of(report)),
        "content": mapping.report_to_packed(report),
        "identity": seal(key, mapping.identity_to_packed(report)),
        "identity_key": key,
    }


def of_evidence(session: Session, evidence_ids: Sequence[UUID]) -> dict[UUID, DoseReport]:
    """Return what these objects state, as they were read when they came."""
    query = select(StatementRow.evidence_id, StatementRow.content, StatementRow.identity, StatementRow.identity_key)
    query = query.where(StatementRow.evidence_id.in_(evidence_ids), StatementRow.replay_id.is_(None))
    return {row.evidence_id: report_of(row) for row in session.execute(query)}


def is_our_own(session: Session, evidence_id: UUID) -> bool:
    """Tell if DoseLedger wrote an object, by any reading of it."""
    query = select(StatementRow.content).where(StatementRow.evidence_id == evidence_id)
    return any(mapping.report_from_packed(bytes(content), None).our_own for content in session.scalars(query))


def report_of(row: Any) -> DoseReport:  # noqa: ANN401 - a row of any query that has these three columns
    """Return what a statement says; who it is about only as long as that is kept."""
    identity = unseal(bytes(row.identity_key), bytes(row.identity)) if row.identity_key is not None else None
    return mapping.report_from_packed(bytes(row.content), identity)


def _series_of(report: DoseReport) -> str | None:
    if isinstance(report, CtReport):
        return report.slices[0].series_instance_uid if report.slices else None
    if isinstance(report, (ProjectionReport, MammographyReport, NuclearReport)):
        return report.image.series_instance_uid if report.image else None
    return None


# Evidence is read once by delivery, and by replays after that, whatever the clocks of two machines say.
_OF_STUDY = Prepared(
    "statements_of_study",
    """
    SELECT DISTINCT ON (s.evidence_id) s.id, s.content, s.identity, s.identity_key, s.evidence_id, e.content_digest,
        e.digest, e.received_at, e.gone_at IS NOT NULL AS is_gone
    FROM statement s JOIN evidence e ON e.id = s.evidence_id LEFT JOIN replay r ON r.id = s.replay_id
    WHERE s.study_instance_uid = :study_instance_uid AND s.site = :site
        AND (s.replay_id IS NULL OR r.rolled_back_at IS NULL)
    ORDER BY s.evidence_id, r.applied_at DESC NULLS LAST, s.stated_at DESC, s.id
    """,
)


def of_study(session: Session, site: str, study_instance_uid: str) -> list[Version]:
    """
    Return what each kept object of a study states, by the newest reading that counts.

    A reading of a replay that was rolled back does not count. Keys are the ids of the statements.
    """
    return [
        Version(
            statement=Statement(key=str(row.id), report=report_of(row)),
            evidence=str(row.evidence_id),
            content_digest=_content_digest(row),
            received_at=row.received_at,
            is_gone=row.is_gone,
        )
        for row in _OF_STUDY.run(session, {"site": site, "study_instance_uid": study_instance_uid})
    ]


def _content_digest(row: Any) -> bytes | None:  # noqa: ANN401 - a row of the statement above
    """Return the digest of what is stated; where that cannot be told, of the bytes as they came."""
    if row.content_digest is None:
        return None
    return bytes(row.content_digest) or row.digest.encode()
