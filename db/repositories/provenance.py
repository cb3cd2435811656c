"""Queries that lead from a statement back to the object it was read from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from db import mapping
from db.session import Session
from db.tables.evidence import EvidenceRow
from db.tables.statement import StatementRow
from dose_core.model import DoseReport


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStatement:
    """One statement with the object it came from."""

    id: UUID
    evidence_id: UUID
    reader_version: str
    received_at: datetime
    report: DoseReport


def statements(session: Session, statement_ids: Sequence[UUID]) -> list[KnownStatement]:
    """Return these statements, in no order."""
    query = (
        select(StatementRow, EvidenceRow.received_at)
        .join(EvidenceRow, EvidenceRow.id == StatementRow.evidence_id)
        .where(StatementRow.id.in_(statement_ids))
    )
    return [
        KnownStatement(
            id=row.id,
            evidence_id=row.evidence_id,
            reader_version=row.reader_version,
            received_at=received_at,
            report=mapping.report_from_packed(row.content),
        )
        for row, received_at in session.execute(query)
    ]
