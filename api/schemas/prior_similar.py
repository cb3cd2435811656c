"""Bodies about prior similar exams."""

from datetime import datetime
from uuid import UUID

from api.schemas.base import BodyOut
from api.schemas.patients import PatientOut
from dose_core.ledger.region import Region
from dose_core.orders.likeness import Likeness


class PriorExamOut(BodyOut):
    """
    A prior exam: what, when, where, and the addresses that open its images and its report, where the site has such.

    ``parts`` are those of its region, also of one of several. ``likeness`` tells how they lie to what was asked for:
    the ``same``, it ``covers`` it, or it ``overlaps``.
    """

    exam_id: UUID
    study_instance_uid: str
    accession_number: str | None
    modality: str
    region: Region | None
    parts: list[Region]
    description: str | None
    started_at: datetime | None
    days_ago: int | None
    site: str
    institution: str | None
    station_name: str | None
    likeness: Likeness
    images_url: str | None
    report_url: str | None


class PriorSimilarOut(BodyOut):
    """A patient's prior similar exams, newest first; ``is_known`` is false if no table knows what was asked for."""

    patient: PatientOut
    is_known: bool
    exams: list[PriorExamOut]
