"""The object of one publication: always the same bytes for the same row."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from pydicom.dataset import Dataset

from db.tables.publication import PublicationRow
from dose_core.ledger.exam import Exam
from dose_core.writers import rejection_note
from dose_core.writers.devices import Recorder
from dose_core.writers.document import DocumentUids, Evidence, Issue, uids_of
from dose_core.writers.errors import NotWritableError
from dose_core.writers.kinds import DoseSr, Published
from dose_core.writers.part10 import to_part10
from dose_core.writers.source_study import SourceStudy
from dose_services.publication_source import Origin

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOWHERE = DocumentUids(sop_instance_uid="2.25.0", series_instance_uid="2.25.1")


def uids_of_report(kind: str, exam_id: UUID, revision: int, edition: int) -> DocumentUids:
    """Return the UIDs of the report of a kind; each has a series of its own, each further edition UIDs of its own."""
    return uids_of(kind if edition == 1 else f"{kind} edition {edition}", exam_id, revision)


def document_of(
    row: PublicationRow,
    kind: DoseSr,
    exam: Exam,
    origin: Origin,
    recorder: Recorder,
    *,
    predecessor: PublicationRow | None,
) -> bytes:
    """
    Return the report as a DICOM file. ``row.made_at`` must be set.

    Raises:
        NotWritableError: the exam or its study lacks what the report must state.
    """
    issue = replace(issue_of(row, recorder, predecessor=predecessor), evidence=origin.evidence)
    return to_part10(_written(kind, exam, origin.source, issue))


def issue_of(row: PublicationRow, recorder: Recorder, *, predecessor: PublicationRow | None) -> Issue:
    """Return which object a row is: the same in each attempt, and for each archive. ``row.made_at`` must be set."""
    return Issue(
        uids=_uids(row),
        made_at=row.made_at or _EPOCH,
        recorder=_as_then(recorder, row),
        predecessor=_uids(predecessor) if predecessor else None,
    )


def nobodys(recorder: Recorder) -> Issue:
    """Return the issue with which objects are compared: no identity, no time, no version, whose update is no news."""
    return Issue(uids=_NOWHERE, made_at=_EPOCH, recorder=replace(recorder, software_version="0"))


def digest_of(document: Dataset) -> str:
    """Return a digest of an object, which tells what it says if it was written as ``nobodys``."""
    return hashlib.sha256(to_part10(document)).hexdigest()


def substance_of(kind: DoseSr, exam: Exam, source: SourceStudy, recorder: Recorder) -> str:
    """
    Return a digest of what a report says: equal if nothing changed that a reader of it would see.

    Raises:
        NotWritableError: the exam or its study lacks what the report must state.
    """
    return digest_of(_written(kind, exam, source, nobodys(recorder)))


def instance_of(row: PublicationRow, kind: Published, study_instance_uid: str) -> Evidence:
    """Return how other objects name the report."""
    return Evidence(
        study_instance_uid=study_instance_uid,
        series_instance_uid=row.series_instance_uid,
        sop_class_uid=kind.sop_class_uid,
        sop_instance_uid=row.sop_instance_uid,
    )


def note_of(row: PublicationRow, instance: Evidence, source: SourceStudy, recorder: Recorder) -> bytes:
    """
    Return the rejection note by which a report is taken back, as a DICOM file. ``row.note_made_at`` must be set.

    Raises:
        NotWritableError: the study lacks what the note must state.
    """
    uids = uids_of(rejection_note.KIND, row.id, row.edition)
    issue = Issue(uids=uids, made_at=row.note_made_at or _EPOCH, recorder=_as_then(recorder, row))
    return to_part10(rejection_note.write_rejection_note((instance,), source, issue))


def _written(kind: DoseSr, exam: Exam, source: SourceStudy, issue: Issue) -> Dataset:
    document = kind.write(exam, source, issue)
    if not kind.part(exam).states_dose:  # images that tell that there was an exposure, and no dose of it
        raise NotWritableError(exam.study_instance_uid, ("a dose",))
    return document


def _uids(row: PublicationRow) -> DocumentUids:
    return DocumentUids(sop_instance_uid=row.sop_instance_uid, series_instance_uid=row.series_instance_uid)


def _as_then(recorder: Recorder, row: PublicationRow) -> Recorder:
    """Return who wrote the object first: a later attempt, after an update of ours, has the same bytes."""
    return replace(recorder, software_version=row.software_version or recorder.software_version)
