"""Queries on the objects from which a dose SR of ours is written: whose header it repeats, and what it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from db import mapping
from db.repositories import evidence
from db.session import Session
from db.tables.evidence import EvidenceRow
from db.tables.statement import StatementRow
from dose_core.model import CtReport, DoseReport, Kind, MammographyReport, NuclearReport, ProjectionReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An object that says something of an exam. The UIDs of its series and class are ``None`` where none is kept."""

    evidence_id: UUID
    kind: Kind
    sop_instance_uid: str
    series_instance_uid: str | None
    sop_class_uid: str | None


def header(session: Session, site: str, study_instance_uid: str, kinds: Sequence[Kind]) -> bytes | None:
    """
    Return a kept object of the study: always the same one for the same evidence, of the first of these kinds there is.

    Images of the device come first: a derived one may name the workstation that made it. What DoseLedger itself wrote
    is none of them.
    """
    for kind in kinds:
        found = _first(session, site, study_instance_uid, kind)
        if found is not None:
            return evidence.content_of(evidence.load(session, [found])[0])
    return None


def _first(session: Session, site: str, study_instance_uid: str, kind: Kind) -> UUID | None:
    query = (
        select(StatementRow.evidence_id, StatementRow.content)
        .join(EvidenceRow, StatementRow.evidence_id == EvidenceRow.id)
        .where(
            StatementRow.study_instance_uid == study_instance_uid,
            StatementRow.site == site,
            StatementRow.kind == kind,
            EvidenceRow.key.is_not(None),
        )
        .order_by(EvidenceRow.sop_instance_uid, EvidenceRow.received_at, EvidenceRow.id)
    )
    first: UUID | None = None
    with session.execute(query.execution_options(yield_per=50)) as rows:
        for row in rows:
            report = mapping.report_from_packed(row.content, None)
            if report.our_own:
                continue
            first = first or row.evidence_id
            if _is_original(report):
                found: UUID = row.evidence_id
                return found
    return first


def _is_original(report: DoseReport) -> bool:
    if isinstance(report, CtReport):
        return bool(report.slices) and report.slices[0].image_type[:1] == ("ORIGINAL",)
    if isinstance(report, (ProjectionReport, MammographyReport, NuclearReport)) and report.image is not None:
        return report.image.image_type[:1] == ("ORIGINAL",)
    return False


def said(session: Session, statement_ids: Sequence[UUID]) -> list[Said]:
    """Return the objects that make these statements, in the order of their UIDs."""
    query = (
        select(
            StatementRow.evidence_id,
            StatementRow.kind,
            StatementRow.series_instance_uid,
            StatementRow.content,
            EvidenceRow.sop_instance_uid,
        )
        .join(EvidenceRow, StatementRow.evidence_id == EvidenceRow.id)
        .where(StatementRow.id.in_(statement_ids))
        .order_by(EvidenceRow.sop_instance_uid, EvidenceRow.id)
    )
    return [
        Said(
            evidence_id=row.evidence_id,
            kind=Kind(row.kind),
            sop_instance_uid=row.sop_instance_uid,
            series_instance_uid=row.series_instance_uid,
            sop_class_uid=mapping.report_from_packed(row.content, None).sop_class_uid,
        )
        for row in session.execute(query.execution_options(yield_per=200))
    ]
