"""
Messages that were queued before their patient was restricted: they wait, and go out if they are true still.

Nothing is sent of a restricted patient, and nothing of another patient waits for them: a withheld message gives way to
those behind it. Nothing about its exam is among these, since nothing is queued of a restricted patient.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from db.repositories import outbound, outbound_withheld
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session
from db.tables.outbound import OutboundMessageRow
from dose_core.hl7.telling import QueueState


def is_withheld(session: Session, row: OutboundMessageRow) -> bool:
    """Withhold a message that names a restricted patient, or is about an exam of one, and tell if it is withheld."""
    if not outbound_withheld.is_about_restricted(session, row.number):
        return False
    row.state = QueueState.WITHHELD
    session.flush()
    return True


def hold_people(session: Session, row: OutboundMessageRow) -> None:
    """Let nobody restrict whom a message names, or whose the exam is, until the transaction ends."""
    outbound_withheld.hold_people(session, row.number)


def release_due(unit_of_work: UnitOfWork, *, now: datetime) -> None:
    """Let go what is withheld of patients who are not restricted any more. Safe to repeat, and beside another."""
    with unit_of_work() as session:
        due = outbound_withheld.free(session)
    for destination_id, exam_id in due:
        in_unit_of_work(unit_of_work, partial(_release, destination_id=destination_id, exam_id=exam_id, now=now))


def _release(session: Session, *, destination_id: UUID, exam_id: UUID, now: datetime) -> None:
    outbound.lock_destination(session, destination_id)
    told = outbound.lock_told(session, destination_id, exam_id)
    rows = outbound_withheld.about(session, destination_id, exam_id)
    withheld = [row for row in rows if row.state == QueueState.WITHHELD]
    if told is None or not withheld or outbound_withheld.is_about_restricted(session, withheld[0].number):
        return  # somebody else was quicker, or they are restricted again
    if any(row.attempts for row in rows):
        # The receiver may know the exam: what follows on that goes out in its place, then what changed meanwhile.
        for row in withheld:
            row.state, row.not_before = QueueState.QUEUED, now
    else:
        # It knows nothing of the exam: it is told what is true now, if anything is.
        for row in withheld:
            row.state, row.ended_at, row.problem = QueueState.DROPPED, now, "told anew after a restriction was lifted"
        told.told, told.told_patient_id = [], None
    told.look_at = now
    session.flush()
