"""Table of the templates that sites chose for report sentences."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import TableBase


class ReportSentenceTemplateRow(TableBase):
    """
    A template of a site for one part of exams in one language; no text: the site's was taken back.

    Append-only; the newest of a site, language and part counts.
    """

    __tablename__ = "report_sentence_template"
    __table_args__ = (Index(None, "site", "language", "part"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    site: Mapped[str]
    language: Mapped[str]  # of a catalogue of dose_core.report_sentence
    part: Mapped[str]  # dose_core.report_sentence.parts.Part
    text: Mapped[str | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
