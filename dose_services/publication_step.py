"""What an archive is to be told next about one publication: an object to store, or one to take back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db import mapping
from db.repositories import exams, patient_doses
from db.repositories.exams import KnownExam
from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.errors import DoseError
from dose_core.ledger.exam import Exam
from dose_core.writers.devices import Recorder
from dose_core.writers.document import Evidence
from dose_core.writers.kinds import DoseSr, Published, kind_named, published_named, tells_estimates
from dose_services import patient_dose_step, publication_findings
from dose_services.pacs_values import Destination
from dose_services.patient_dose_step import Ready
from dose_services.publication_document import document_of, instance_of, note_of, substance_of
from dose_services.publication_findings import NOT_WRITTEN
from dose_services.publication_rows import take_back
from dose_services.publication_rule import Wish, are_marked, wish
from dose_services.publication_source import NOT_WRITABLE, origin_of, source_of

# Longer than the archive's time limits, so that an attempt is not repeated while it runs.
LEASE = timedelta(seconds=90)
# Withdrawal within a minute is promised, also when the archive comes back only after some attempts.
LONGEST_BACK_OFF_S = 30
# Ours: what a note cannot be written of may be read again one day, as after a replay.
_NOTE_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An object to store. ``dicom`` is the same for each attempt."""

    publication_id: UUID
    destination: Destination
    sop_instance_uid: str
    dicom: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """
    A rejection note to store, unless the archive never had the object.

    It did if ``was_stored``. After an attempt to store the note it is not to be asked: it may hide what it has.
    """

    publication_id: UUID
    destination: Destination
    sop_instance_uid: str
    instance: Evidence
    was_stored: bool
    dicom: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """An object to delete, whether or not the archive has it."""

    publication_id: UUID
    destination: Destination
    sop_instance_uid: str


def next_step(
    session: Session,
    row: PublicationRow,
    rows: Sequence[PublicationRow],
    destination: Destination,
    *,
    now: datetime,
    recorder: Recorder,
) -> Upload | Rejection | Withdrawal | None:
    """Return what to tell the archive about a row that is due; ``rows`` are all of its exam, which are held."""
    known = exams.get(session, row.exam_id)
    if row.state == "withdrawing":
        return _taken_back(session, row, rows, destination, known, now=now, recorder=recorder)
    if known is None or row.state != "waiting":
        return None
    if tells_estimates(row.kind):
        found = patient_dose_step.ready(session, row, rows, destination, known, now=now, recorder=recorder)
        return _upload_estimates(found, rows, destination, now=now, recorder=recorder) if found else None
    kind = kind_named(row.kind)
    if kind is None or known.exam.revision != row.revision:
        row.not_before = now + timedelta(seconds=LONGEST_BACK_OFF_S)  # until it is planned anew
        return None
    exam = mapping.exam_from_packed(known.content)
    is_marked = are_marked(session, known, exam)
    if wish(known, exam, kind, destination, are_devices_marked=is_marked) is not Wish.ONE:  # decided a moment ago
        take_back(row, now=now)
        return None
    return _upload(session, row, rows, kind, destination, known.exam.site, exam, now=now, recorder=recorder)


def _taken_back(
    session: Session,
    row: PublicationRow,
    rows: Sequence[PublicationRow],
    destination: Destination,
    known: KnownExam | None,
    *,
    now: datetime,
    recorder: Recorder,
) -> Rejection | Withdrawal | None:
    if patient_dose_step.is_named_still(row, rows):
        patient_dose_step.let_wait(row, now=now)
        return None
    if destination.deletes:
        _begin(row, now=now)
        return Withdrawal(publication_id=row.id, destination=destination, sop_instance_uid=row.sop_instance_uid)
    kind = published_named(row.kind)
    if known is None or kind is None:
        return None
    exam = mapping.exam_from_packed(known.content)
    return _rejection(session, row, kind, destination, known.exam.site, exam, now=now, recorder=recorder)


def _begin(row: PublicationRow, *, now: datetime) -> None:
    row.attempts += 1
    row.not_before = now + LEASE


def _upload(  # noqa: PLR0913  what one object is made of
    session: Session,
    row: PublicationRow,
    rows: Sequence[PublicationRow],
    kind: DoseSr,
    destination: Destination,
    site: str,
    exam: Exam,
    *,
    now: datetime,
    recorder: Recorder,
) -> Upload | None:
    """Return the object, or settle the row as refused, or as unchanged against the report that was sent before."""
    line = [other for other in rows if other.kind == row.kind and other.destination == row.destination]
    sent = next((other for other in line if other.state == "sent"), None)
    try:
        origin = origin_of(session, site, exam, kind)
        row.substance = substance_of(kind, exam, origin.source, recorder)
        if sent is not None and sent.substance == row.substance:
            _settle(row, "unchanged", now=now)
            patient_doses.wake(session, row.exam_id, now=now)  # estimates may stand on what was sent
            return None
        _settle_identity(row, rows, now=now, recorder=recorder)
        dicom = document_of(row, kind, exam, origin, recorder, predecessor=_predecessor(row, rows))
    except NOT_WRITABLE as error:
        _settle(row, "refused", now=now)
        patient_doses.wake(session, row.exam_id, now=now)
        _tell(session, row, error, now=now)
        if sent is not None:  # it states a dose that is known to be out of date, and nothing takes its place
            take_back(sent, now=now)
        return None
    return _uploaded(row, destination, dicom, now=now)


def _upload_estimates(
    found: Ready, rows: Sequence[PublicationRow], destination: Destination, *, now: datetime, recorder: Recorder
) -> Upload:
    row = found.row
    _settle_identity(row, rows, now=now, recorder=recorder)
    dicom = found.dicom(recorder, predecessor=_predecessor(row, rows))
    return _uploaded(row, destination, dicom, now=now)


def _uploaded(row: PublicationRow, destination: Destination, dicom: bytes, *, now: datetime) -> Upload:
    _begin(row, now=now)
    uid = row.sop_instance_uid
    return Upload(publication_id=row.id, destination=destination, sop_instance_uid=uid, dicom=dicom)


def _predecessor(row: PublicationRow, rows: Sequence[PublicationRow]) -> PublicationRow | None:
    return next((other for other in rows if other.id == row.predecessor_id), None)


def _settle(row: PublicationRow, state: str, *, now: datetime) -> None:
    """End a row that waits; after an attempt the archive may hold the object, which is taken back there."""
    if row.attempts > 0:
        take_back(row, now=now)
    else:
        row.state, row.ended_at = state, now


def _settle_identity(
    row: PublicationRow,
    rows: Sequence[PublicationRow],
    *,
    now: datetime,
    recorder: Recorder,
) -> None:
    """
    Say once what the object states of itself: the same in each attempt, and for each archive.

    It replaces the last report of its kind that any archive has, whichever of them is served first.
    """
    if row.made_at is not None:
        return
    twins = (other for other in rows if other.sop_instance_uid == row.sop_instance_uid and other.made_at is not None)
    twin = next(twins, None)
    if twin is None:
        row.made_at, row.software_version = now, recorder.software_version
        before = [other for other in rows if other.kind == row.kind and other.state == "sent"]
        row.predecessor_id = max(before, key=lambda one: (one.revision, one.number)).id if before else None
    else:
        row.made_at, row.software_version, row.predecessor_id = twin.made_at, twin.software_version, twin.predecessor_id


def _rejection(
    session: Session,
    row: PublicationRow,
    kind: Published,
    destination: Destination,
    site: str,
    exam: Exam,
    *,
    now: datetime,
    recorder: Recorder,
) -> Rejection | None:
    instance = instance_of(row, kind, exam.study_instance_uid)
    had_note = row.note_made_at is not None
    try:
        source = source_of(session, site, exam.study_instance_uid, kind)
        row.note_made_at = row.note_made_at or now
        note = note_of(row, instance, source, recorder)
    except NOT_WRITABLE as error:
        row.note_made_at = row.note_made_at if had_note else None
        row.not_before = now + _NOTE_AGAIN_AFTER
        _tell(session, row, error, now=now)
        return None
    _begin(row, now=now)
    return Rejection(
        publication_id=row.id,
        destination=destination,
        sop_instance_uid=row.sop_instance_uid,
        instance=instance,
        was_stored=row.sent_at is not None or had_note,
        dicom=note,
    )


def _tell(session: Session, row: PublicationRow, error: DoseError, *, now: datetime) -> None:
    row.last_error = str(error)
    publication_findings.raise_about(session, row, NOT_WRITTEN, str(error), now=now)
