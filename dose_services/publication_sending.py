"""
One step of a publication: what an archive is to be told, and what became of it.

The worker takes a publication in one transaction, talks to the archive in none, and marks the outcome
in a third. Between the first and the last the exam may change; then `dose_services.publication.plan`
has changed the row, and the marks below follow it. A step that is never marked, since its process
died, is due again when its lease ends: the same object is stored again under the same UID, which
changes nothing. Nothing here commits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db.repositories import patient_doses, publications
from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.errors import DoseError
from dose_core.writers.devices import Recorder
from dose_core.writers.kinds import tells_estimates
from dose_services import pacs_destinations, patient_dose_step, publication_findings
from dose_services.pacs_values import Destination
from dose_services.publication_findings import (
    ARCHIVE_UNREACHABLE,
    NOT_CONFIRMED,
    NOT_WRITTEN,
    REFUSED_BY_ARCHIVE,
)
from dose_services.publication_step import LONGEST_BACK_OFF_S, Rejection, Upload, Withdrawal, next_step

__all__ = ["Due", "Rejection", "Upload", "Withdrawal", "due", "take"]

_ATTEMPTS_BEFORE_FINDING = 8
_DOUBLINGS = 5  # 2 ** 5 s is above the longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A publication whose next step is due."""

    publication_id: UUID
    exam_id: UUID
    destination: str
    is_withdrawal: bool


def due(
    session: Session, now: datetime, *, limit_each: int, is_served: Callable[[Destination], bool] = lambda _: True
) -> list[Due]:
    """
    Return the publications whose next step is due, so many for each archive: withdrawals, then the longest due.

    Those for an archive that rests, or that the worker cannot reach (``is_served``), wait.
    """
    served = [one.name for one in pacs_destinations.destinations(session) if one.is_active and is_served(one)]
    return [
        Due(
            publication_id=row.id,
            exam_id=row.exam_id,
            destination=row.destination,
            is_withdrawal=row.state == "withdrawing",
        )
        for row in publications.due(session, now, destinations=served, limit_each=limit_each)
    ]


def take(
    session: Session, publication_id: UUID, *, now: datetime, recorder: Recorder
) -> Upload | Rejection | Withdrawal | None:
    """
    Return what to tell the archive now, or ``None`` if nothing is due (any more).

    What cannot be written as a valid report is settled as refused, with a finding that says why.
    """
    row, rows = _locked(session, publication_id)
    if row is None or row.not_before > now:
        return None
    destination = pacs_destinations.destination_named(session, row.destination)
    if destination is None or not destination.is_active:
        return None
    return next_step(session, row, rows, destination, now=now, recorder=recorder)


def mark_sent(session: Session, publication_id: UUID, *, orthanc_id: str, now: datetime) -> None:
    """The archive has the object: reports on other revisions must leave it. Safe to repeat."""
    row, rows = _locked(session, publication_id)
    if row is None:
        return
    row.orthanc_id, row.sent_at, row.last_error = orthanc_id, row.sent_at or now, None
    if row.state in {"withdrawing", "withdrawn", "superseded", "cancelled"}:
        row.state, row.not_before, row.ended_at = "withdrawing", now, None  # taken back while it was on its way
        return
    for other in rows:
        if other is not row and _is_of_one_line(other, row) and other.state in {"sent", "parked"}:
            other.state, other.not_before, other.superseded_by = "withdrawing", now, row.revision
    session.flush()  # one report at most is `sent`
    row.state = "sent"
    _follow(session, row, rows, now=now)
    publication_findings.settle(session, row, now=now)


def mark_withdrawn(session: Session, publication_id: UUID, *, now: datetime) -> None:
    """
    The archive does not have the object any more, or hides it. Safe to repeat.

    It may be wanted again by now, so that the exam is looked at anew.
    """
    row, rows = _locked(session, publication_id)
    if row is None or row.state != "withdrawing":
        return
    row.state, row.ended_at, row.last_error = ("superseded" if row.superseded_by else "withdrawn"), now, None
    publications.forget_plan(session, row.exam_id)
    _follow(session, row, rows, now=now)
    for kind in (ARCHIVE_UNREACHABLE, REFUSED_BY_ARCHIVE, NOT_CONFIRMED):
        publication_findings.resolve(session, row, kind, now=now)


def mark_never_stored(session: Session, publication_id: UUID, *, now: datetime) -> None:
    """The archive never had the object that was to be taken back: no note is needed. Safe to repeat."""
    row, _ = _locked(session, publication_id)
    if row is not None and row.state == "withdrawing":
        row.note_made_at = None
    mark_withdrawn(session, publication_id, now=now)


def mark_not_said(session: Session, publication_id: UUID, *, error: DoseError, now: datetime) -> None:
    """The archive could not even say if it has the object, so that it did not get the note: ask again after a while."""
    row, _ = _locked(session, publication_id)
    if row is not None and row.state == "withdrawing":
        row.note_made_at = None
    mark_unavailable(session, publication_id, error=error, now=now)


def mark_unavailable(session: Session, publication_id: UUID, *, error: DoseError, now: datetime) -> None:
    """The archive could not be asked: try again after a while that doubles up to half a minute."""
    row, _ = _locked(session, publication_id)
    if row is None or row.state not in {"waiting", "withdrawing"}:
        return
    row.last_error = str(error)
    row.not_before = now + timedelta(seconds=min(2.0 ** min(row.attempts, _DOUBLINGS), LONGEST_BACK_OFF_S))
    if row.attempts >= _ATTEMPTS_BEFORE_FINDING:
        text = f"a {row.kind} of ours waits for {row.destination} after {row.attempts} attempts: {error}"
        publication_findings.raise_about(session, row, ARCHIVE_UNREACHABLE, text, now=now)


def mark_refused(session: Session, publication_id: UUID, *, error: DoseError, now: datetime) -> None:
    """
    The archive refused the object for good: park it, visibly.

    A refused withdrawal is no end: the object is still there, so that it is tried again.
    """
    row, _ = _locked(session, publication_id)
    if row is None or row.state not in {"waiting", "withdrawing"}:
        return
    row.last_error = str(error)
    if row.state == "waiting":
        row.state, row.ended_at = "parked", now
        text = f"{row.destination} refused a {row.kind} of ours, which is parked: {error}"
    else:
        row.not_before = now + timedelta(seconds=LONGEST_BACK_OFF_S)
        text = f"{row.destination} refused to take back a {row.kind} of ours; it is asked again: {error}"
    publication_findings.raise_about(session, row, REFUSED_BY_ARCHIVE, text, now=now)


def mark_broken(session: Session, publication_id: UUID, *, bug: str, now: datetime) -> None:
    """Writing or sending failed in a way that nobody foresaw: settle it, visibly, so that others go on."""
    row, _ = _locked(session, publication_id)
    if row is None or row.state not in {"waiting", "withdrawing"}:
        return
    row.last_error = bug
    if row.state == "waiting" and row.attempts == 0:
        row.state, row.ended_at = "refused", now
    else:  # the archive may hold the object
        row.not_before = now + timedelta(seconds=LONGEST_BACK_OFF_S)
    text = f"a {row.kind} of ours failed: {bug}; please report this"
    publication_findings.raise_about(session, row, NOT_WRITTEN, text, now=now)


def _locked(session: Session, publication_id: UUID) -> tuple[PublicationRow | None, list[PublicationRow]]:
    exam_id = publications.exam_of(session, publication_id)
    rows = publications.lock_exam(session, exam_id) if exam_id else []
    return next((row for row in rows if row.id == publication_id), None), rows


def _follow(session: Session, row: PublicationRow, rows: list[PublicationRow], *, now: datetime) -> None:
    """Have estimates follow the dose SR that they stand on, and the two objects of a pair each other."""
    if row.state != "sent" or not tells_estimates(row.kind):
        patient_doses.wake(session, row.exam_id, now=now)
    patient_dose_step.wake_pair(row, rows, now=now)


def _is_of_one_line(one: PublicationRow, other: PublicationRow) -> bool:
    return one.kind == other.kind and one.destination == other.destination
