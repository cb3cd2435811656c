"""Queries on the templates of report sentences."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from db.session import Session
from db.tables.report_sentence import ReportSentenceTemplateRow


def newest(session: Session, site: str) -> list[ReportSentenceTemplateRow]:
    """Return what a site decided last of each language and part, in their order."""
    row = ReportSentenceTemplateRow
    query = select(row).where(row.site == site).ext(distinct_on(row.language, row.part))
    return list(session.scalars(query.order_by(row.language, row.part, row.id.desc())))


def add(
    session: Session, site: str, *, language: str, part: str, text: str | None, decided_by: str, now: datetime
) -> None:
    """Keep a decision."""
    values = {"site": site, "language": language, "part": part, "text": text}
    session.execute(insert(ReportSentenceTemplateRow).values(**values, decided_by=decided_by, decided_at=now))
