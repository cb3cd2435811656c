"""Queries on statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db import mapping
from db.session import Session
from db.tables.statement import StatementRow
from dose_core.ledger.exam import Statement
from dose_core.model import CtReport, DoseReport, MammographyReport, NuclearReport, ProjectionReport


def add(
    session: Session, reports: Sequence[tuple[UUID, DoseReport]], *, reader_version: str, stated_at: datetime
) -> None:
    """Keep what objects state, once for each evidence and version of the reader."""
    rows: list[dict[str, Any]] = [
        {
            "id": uuid4(),
            "evidence_id": evidence_id,
            "reader_version": reader_version,
            "kind": report.kind,
            "study_instance_uid": mapping.storable(report.study_instance_uid),
            "series_instance_uid": mapping.storable(_series_of(report)),
            "content": mapping.report_to_json(report),
            "stated_at": stated_at,
        }
        for evidence_id, report in reports
    ]
    session.execute(insert(StatementRow).values(rows).on_conflict_do_nothing())


def _series_of(report: DoseReport) -> str | None:
    if isinstance(report, CtReport):
        return report.slices[0].series_instance_uid if report.slices else None
    if isinstance(report, (ProjectionReport, MammographyReport, NuclearReport)):
        return report.image.series_instance_uid if report.image else None
    return None


def of_study(session: Session, study_instance_uid: str) -> list[Statement[DoseReport]]:
    """Return all that is stated about a study; keys are the ids of the statements."""
    query = select(StatementRow.id, StatementRow.content).where(StatementRow.study_instance_uid == study_instance_uid)
    return [Statement(key=str(row.id), report=mapping.report_from_json(row.content)) for row in session.execute(query)]
