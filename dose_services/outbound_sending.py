"""
One message of a queue at a time: which is next, and what became of it.

A worker holds a destination while it has a connection to it, for longer than an answer may take; one that dies loses
its hold when that time is over, and the message that it left is sent again under its control id. Between taking and
marking no transaction is open. Nothing here commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db.repositories import findings, outbound, outbound_queue
from db.session import Session
from db.tables.outbound import OutboundDestinationRow, OutboundMessageRow
from dose_core.hl7.answers import Answer, Verdict
from dose_services.finding_kinds import FindingKind
from dose_services.outbound_values import Endpoint
from dose_services.outbound_withholding import hold_people, is_withheld

# Ours: what a worker does beside waiting for an answer (connect, TLS, the database) takes less, on a slow day.
_MARGIN = timedelta(seconds=30)
_LONGEST_BACK_OFF_S = 300.0
_DOUBLINGS = 9  # 2 ** 9 s is above the longest
_ATTEMPTS_BEFORE_FINDING = 8  # some six minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A message to send now. ``content`` and ``control_id`` are the same in each attempt."""

    number: int
    control_id: str
    content: bytes
    endpoint: Endpoint


def waiting(session: Session, now: datetime) -> list[UUID]:
    """Return the destinations for which a message is due and that no worker holds."""
    return outbound_queue.waiting_destinations(session, now)


def take(session: Session, destination_id: UUID, *, holder: UUID, now: datetime) -> Sending | None:
    """
    Return the next message for a destination, which is held from then on; ``None`` if nothing is to be sent now.

    Only the first of the queue is ever sent, so that none overtakes another; of a restricted patient none is.
    """
    destination = outbound.lock_destination(session, destination_id)
    if destination is None or not destination.is_active or _is_held_by_other(destination, holder, now):
        return None
    while (row := outbound_queue.head(session, destination_id, is_strict=destination.is_strict)) is not None:
        if row.key is None:  # the time to keep it is over, and nobody may read it any more
            row.state, row.ended_at = "dropped", now
            session.flush()
            continue
        if row.state != "queued" or row.not_before > now:
            return None
        if is_withheld(session, row):
            continue
        endpoint = endpoint_of(destination)
        destination.held_by = holder
        destination.held_until = now + timedelta(seconds=endpoint.answer_timeout_s) + _MARGIN
        row.attempts += 1
        session.flush()
        content = outbound_queue.content_of(row)
        return Sending(number=row.number, control_id=row.control_id, content=content, endpoint=endpoint)
    return None


def may_go(session: Session, number: int, *, is_first: bool) -> bool:
    """
    Tell if a message may be handed to the wire now, and hold it and whom it names until the transaction ends.

    Nobody can be restricted meanwhile: who restricts waits until it is handed over, and after that nothing goes out. A
    message whose patient was restricted since it was taken is withheld; ``is_first`` tells that nothing of it was
    handed over in this attempt, so that its receiver cannot know it by that.
    """
    row = outbound_queue.lock(session, number)
    if row is None or row.state != "queued" or row.key is None:
        return False  # a person took it out, or its exam has expired
    hold_people(session, row)
    if not is_withheld(session, row):
        return True
    if is_first:
        row.attempts -= 1
        session.flush()
    return False


def mark_answered(session: Session, number: int, *, answer: Answer, raw: bytes, now: datetime) -> None:
    """The destination has answered: sent, parked, or to be sent again. Safe to repeat."""
    row = outbound_queue.lock(session, number)
    if row is None or row.state in {"sent", "dropped"}:
        return
    outbound_queue.keep_answer(row, raw)
    if answer.verdict is Verdict.ACCEPTED:  # a person may have parked it meanwhile, and it is there all the same
        row.state, row.ended_at, row.problem = "sent", now, None
        findings.resolve(session, kind=FindingKind.RESULTS_WAIT, subject=str(row.destination_id), now=now)
        session.flush()
        settle_refusals(session, row.exam_id, now=now)
    elif row.state == "queued" and answer.verdict is Verdict.REFUSED:
        row.state, row.ended_at, row.problem = "parked", now, answer.problem
        findings.resolve(session, kind=FindingKind.RESULTS_WAIT, subject=str(row.destination_id), now=now)
        findings.raise_once(
            session,
            kind=FindingKind.RESULT_REFUSED,
            subject=str(row.exam_id),
            text=f"{outbound.name_of(session, row.destination_id)} refused message {row.number}: {answer.problem}",
            now=now,
            exam_id=row.exam_id,
        )
    elif row.state == "queued":
        _try_later(session, row, problem=answer.problem, now=now)


def mark_unanswered(session: Session, number: int, *, problem: str, now: datetime) -> None:
    """Nothing came that could be an answer: send it again, after a while that grows."""
    row = outbound_queue.lock(session, number)
    if row is not None and row.state == "queued":
        _try_later(session, row, problem=problem, now=now)


def release(session: Session, destination_id: UUID, *, holder: UUID) -> None:
    """The worker has no connection to the destination any more."""
    outbound_queue.release(session, destination_id, holder)


def settle_refusals(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Close the finding about refused messages of an exam if there is none any more."""
    if not outbound_queue.has_parked(session, exam_id):
        findings.resolve(session, kind=FindingKind.RESULT_REFUSED, subject=str(exam_id), now=now)


def endpoint_of(row: OutboundDestinationRow) -> Endpoint:
    """Return where a destination listens."""
    return Endpoint(
        host=row.host,
        port=row.port,
        answer_timeout_s=row.answer_timeout_s,
        uses_tls=row.uses_tls,
        server_name=row.server_name,
        ca_file=row.ca_file,
        certificate_file=row.certificate_file,
        key_file=row.key_file,
    )


def _is_held_by_other(row: OutboundDestinationRow, holder: UUID, now: datetime) -> bool:
    return row.held_by not in {None, holder} and row.held_until is not None and row.held_until > now


def _try_later(session: Session, row: OutboundMessageRow, *, problem: str, now: datetime) -> None:
    row.problem = problem
    row.not_before = now + timedelta(seconds=min(2.0 ** min(row.attempts, _DOUBLINGS), _LONGEST_BACK_OFF_S))
    if row.attempts >= _ATTEMPTS_BEFORE_FINDING:
        findings.raise_once(
            session,
            kind=FindingKind.RESULTS_WAIT,
            subject=str(row.destination_id),
            text=f"results for {outbound.name_of(session, row.destination_id)} wait: {problem}",
            now=now,
        )
