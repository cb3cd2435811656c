"""Bodies about the report sentence of an exam."""

from typing import Self
from uuid import UUID

from api.schemas.base import BodyOut
from dose_core.report_sentence.parts import Part
from dose_services.report_sentences import ReportSentence


class SentenceOut(BodyOut):
    """The sentence of one part of an exam; ``value_ids`` lead to the provenance of each number in it."""

    part: Part
    text: str
    value_ids: list[str]


class ReportSentenceOut(BodyOut):
    """``text`` is all of it, to be put into a report; ``language`` is the locale that wrote the numbers."""

    exam_id: UUID
    language: str
    text: str
    sentences: list[SentenceOut]

    @classmethod
    def of(cls, said: ReportSentence) -> Self:
        """Return the body."""
        return cls.model_validate(said)
