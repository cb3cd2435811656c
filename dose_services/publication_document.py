"""The object of one publication: always the same bytes for the same row."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from db import mapping
from db.repositories import publications
from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.errors import DoseError
from dose_core.ledger.exam import CtExam
from dose_core.writers.ct_rdsr import write_ct_rdsr
from dose_core.writers.devices import Recorder
from dose_core.writers.document import DocumentUids
from dose_core.writers.part10 import to_part10
from dose_core.writers.source_study import SourceStudy, source_study_from_header

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MissingHeaderError(DoseError):
    """None of the study's image headers is kept, so that the report cannot be put into the study."""


def source_of(session: Session, site: str, exam: CtExam) -> SourceStudy:
    """
    Return what the study's first image states of patient, study and request.

    Raises:
        MissingHeaderError: no header is kept.
        UnusableHeaderError: the header cannot be used.
    """
    header = publications.image_header(session, site, mapping.storable(exam.study_instance_uid))
    if header is None:
        msg = f"no image header of study {exam.study_instance_uid} is kept"
        raise MissingHeaderError(msg)
    return source_study_from_header(header)


def document_of(
    row: PublicationRow,
    exam: CtExam,
    source: SourceStudy,
    recorder: Recorder,
    *,
    predecessor: PublicationRow | None,
) -> bytes:
    """
    Return the report as a DICOM file. ``row.made_at`` must be set.

    Raises:
        NotWritableError: the exam or its study lacks what the report must state.
    """
    replaced = None
    if predecessor is not None:
        replaced = DocumentUids(
            sop_instance_uid=predecessor.sop_instance_uid, series_instance_uid=predecessor.series_instance_uid
        )
    document = write_ct_rdsr(
        exam,
        source,
        exam_id=row.exam_id,
        revision=row.revision,
        made_at=row.made_at or _EPOCH,
        recorder=recorder,
        predecessor=replaced,
    )
    return to_part10(document)


def substance_of(exam: CtExam, source: SourceStudy, recorder: Recorder) -> str:
    """
    Return a digest of what a report says: equal if nothing changed that a reader of it would see.

    Raises:
        NotWritableError: the exam or its study lacks what the report must state.
    """
    document = write_ct_rdsr(
        exam,
        source,
        exam_id=UUID(int=0),
        revision=0,
        made_at=_EPOCH,
        recorder=replace(recorder, software_version="0"),  # an update of ours is no news of the exam
    )
    return hashlib.sha256(to_part10(document)).hexdigest()
