"""Queries on statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from db import mapping
from db.sealed import new_key, seal, unseal
from db.session import Session
from db.tables.evidence import EvidenceRow
from db.tables.statement import ReplayRow, StatementRow
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
    rows: list[dict[str, Any]] = [
        {
            "id": uuid4(),
            "evidence_id": evidence_id,
            "replay_id": replay_id,
            "reader_version": reader_version,
            "kind": report.kind,
            "site": site,
            "study_instance_uid": mapping.storable(report.study_instance_uid),
            "series_instance_uid": mapping.storable(_series_of(report)),
            "content": mapping.report_to_packed(report),
            "identity": seal(key, mapping.identity_to_packed(report)),
            "identity_key": key,
            "stated_at": stated_at,
        }
        for evidence_id, report in reports
        for key in (new_key(),)
    ]
    session.execute(insert(StatementRow).on_conflict_do_nothing(), rows)


def of_evidence(session: Session, evidence_ids: Sequence[UUID]) -> dict[UUID, DoseReport]:
    """Return what these objects state, as they were read when they came."""
    query = select(StatementRow.evidence_id, StatementRow.content, StatementRow.identity, StatementRow.identity_key)
    query = query.where(StatementRow.evidence_id.in_(evidence_ids), StatementRow.replay_id.is_(None))
    return {row.evidence_id: report_of(row) for row in session.execute(query)}


def report_of(row: Any) -> DoseReport:  # noqa: ANN401 - a row of any query that has these three columns
    """Return what a statement says; who it is about only as long as that is kept."""
    identity = unseal(row.identity_key, row.identity) if row.identity_key is not None else None
    return mapping.report_from_packed(row.content, identity)


def _series_of(report: DoseReport) -> str | None:
    if isinstance(report, CtReport):
        return report.slices[0].series_instance_uid if report.slices else None
    if isinstance(report, (ProjectionReport, MammographyReport, NuclearReport)):
        return report.image.series_instance_uid if report.image else None
    return None


def of_study(session: Session, site: str, study_instance_uid: str) -> list[Version]:
    """
    Return what each kept object of a study states, by the newest reading that counts.

    A reading of a replay that was rolled back does not count. Keys are the ids of the statements.
    """
    counts = StatementRow.replay_id.is_(None) | ReplayRow.rolled_back_at.is_(None)
    query = (
        select(
            StatementRow.id,
            StatementRow.content,
            StatementRow.identity,
            StatementRow.identity_key,
            StatementRow.evidence_id,
            EvidenceRow.content_digest,
            EvidenceRow.digest,
            EvidenceRow.received_at,
        )
        .join(EvidenceRow, EvidenceRow.id == StatementRow.evidence_id)
        .outerjoin(ReplayRow, ReplayRow.id == StatementRow.replay_id)
        .where(StatementRow.study_instance_uid == study_instance_uid, StatementRow.site == site, counts)
        .ext(distinct_on(StatementRow.evidence_id))
        .order_by(
            StatementRow.evidence_id,
            # Evidence is read once by delivery, and by replays after that, whatever the clocks of two machines say.
            ReplayRow.applied_at.desc().nulls_last(),
            StatementRow.stated_at.desc(),
            StatementRow.id,
        )
    )
    return [
        Version(
            statement=Statement(key=str(row.id), report=report_of(row)),
            evidence=str(row.evidence_id),
            content_digest=row.content_digest or row.digest.encode(),
            received_at=row.received_at,
        )
        for row in session.execute(query)
    ]
