"""
Queues of messages for other systems, and what a person does about them; each of it is on record.

Who sees a queue sees no patient: numbers, states, our ids. A message itself and the answer to it may name one, so that
reading them is a look at that patient.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.reaching import Reach
from db.repositories import outbound, outbound_queue, queues
from db.session import Session
from db.tables.outbound import OutboundMessageRow
from dose_core.hl7.answers import read_answer
from dose_core.hl7.telling import QueueState
from dose_core.retention.wording import reason_of
from dose_services import reaching, restriction
from dose_services.audit import Action, Looker, record_look
from dose_services.exams import patient_view
from dose_services.outbound_sending import settle_refusals
from dose_services.outbound_values import MessageNotMovableError, UnknownDestinationError, UnknownMessageError


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """One message of a queue; no patient data. ``problem`` is what the last attempt came to."""

    number: int
    destination: str
    exam_id: UUID
    kind: str
    control_id: str
    state: QueueState
    attempts: int
    not_before: datetime
    problem: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContent:
    """A message as it is sent, and what the last answer says; ``None`` once the time to keep them is over."""

    message: MessageView
    content: str | None
    answer: str | None


def messages(
    session: Session,
    *,
    destination: str | None = None,
    states: tuple[QueueState, ...] = (),
    exam_id: UUID | None = None,
    after: int = 0,
    limit: int,
    reach: Reach | None = None,
) -> list[MessageView]:
    """
    Return messages about exams in reach in their order; ``after`` is the number of the last one of the page before.

    Raises:
        UnknownDestinationError: there is none of this name.
    """
    destination_id = None
    if destination is not None:
        found = outbound.destination_named(session, destination)
        if found is None:
            raise UnknownDestinationError("no destination has this name")
        destination_id = found.id
    rows = queues.page(
        session,
        queues.MESSAGES,
        destination_id=destination_id,
        states=states,
        exam_id=exam_id,
        after=after,
        limit=limit,
        reach=reach,
    )
    return [_message(row, name) for row, name in rows]


def read_message(session: Session, number: int, *, looker: Looker, now: datetime) -> MessageContent:
    """
    Return a message and its answer; the look is recorded.

    Raises:
        UnknownMessageError: no message has this number, or it names a restricted patient.
    """
    row = outbound_queue.get(session, number)
    if row is None:
        raise UnknownMessageError("no message has this number")
    patient = patient_view(session, row.patient_id)
    if patient is None and not reaching.has_exam(session, row.exam_id, looker.sight):
        raise UnknownMessageError("no message has this number")
    if patient is not None and not restriction.may_look(session, patient, looker=looker, now=now, exam_id=row.exam_id):
        raise UnknownMessageError("no message has this number")
    record_look(session, looker, Action.READ_MESSAGE, now=now, patient_id=row.patient_id, exam_id=row.exam_id)
    raw = outbound_queue.answer_of(row)
    answer = read_answer(raw) if raw is not None else None
    return MessageContent(
        message=_of_number(session, number),
        content=outbound_queue.content_of(row).decode("utf-8") if row.key is not None else None,
        answer=answer.text if answer else None,
    )


def send_again(session: Session, number: int, *, comment: str, looker: Looker, now: datetime) -> MessageView:
    """
    Queue a parked message again, in its old place. Repeating it changes nothing.

    Raises:
        UnknownMessageError: no message has this number.
        NoReasonError: the comment is too short, or too long.
        MessageNotMovableError: it was sent or dropped, or something later about its exam was sent, which it would undo.
    """
    row = _locked(session, number, looker)
    if row.state == QueueState.PARKED:
        if row.key is None:
            raise MessageNotMovableError("the time to keep this message is over; it cannot be sent any more")
        if outbound_queue.has_later(session, row):
            raise MessageNotMovableError("a later message about this exam was queued or sent; this one is out of date")
        row.state, row.not_before, row.ended_at, row.attempts = QueueState.QUEUED, now, None, 0
        session.flush()
        settle_refusals(session, row.exam_id, now=now)
        _record(session, Action.QUEUE_MESSAGE, row, comment=comment, looker=looker, now=now)
    elif row.state != QueueState.QUEUED:
        msg = f"the message is {row.state}"
        raise MessageNotMovableError(msg)
    return _of_number(session, number)


def park(session: Session, number: int, *, comment: str, looker: Looker, now: datetime) -> MessageView:
    """
    Take a message out of the queue, so that those behind it go on. Repeating it changes nothing.

    It may have reached its receiver already, if an attempt was made.

    Raises:
        UnknownMessageError: no message has this number.
        NoReasonError: the comment is too short, or too long.
        MessageNotMovableError: it was sent or dropped.
    """
    row = _locked(session, number, looker)
    if row.state == QueueState.QUEUED:
        row.state, row.ended_at, row.problem = QueueState.PARKED, now, row.problem or "a person parked it"
        session.flush()
        _record(session, Action.PARK_MESSAGE, row, comment=comment, looker=looker, now=now)
    elif row.state != QueueState.PARKED:
        msg = f"the message is {row.state}"
        raise MessageNotMovableError(msg)
    return _of_number(session, number)


def drop(session: Session, number: int, *, comment: str, looker: Looker, now: datetime) -> MessageView:
    """
    Give a parked message up: it is never sent, and holds a strict queue no longer. Repeating it changes nothing.

    Raises:
        UnknownMessageError: no message has this number.
        NoReasonError: the comment is too short, or too long.
        MessageNotMovableError: it is not parked.
    """
    row = _locked(session, number, looker)
    if row.state == QueueState.PARKED:
        row.state, row.ended_at = QueueState.DROPPED, now
        session.flush()
        settle_refusals(session, row.exam_id, now=now)
        _record(session, Action.DROP_MESSAGE, row, comment=comment, looker=looker, now=now)
    elif row.state != QueueState.DROPPED:
        msg = f"the message is {row.state}; park it first"
        raise MessageNotMovableError(msg)
    return _of_number(session, number)


def _locked(session: Session, number: int, looker: Looker) -> OutboundMessageRow:
    row = outbound_queue.lock(session, number)
    if row is None or not reaching.has_exam(session, row.exam_id, looker.reach):
        raise UnknownMessageError("no message has this number")
    return row


def _record(
    session: Session, action: Action, row: OutboundMessageRow, *, comment: str, looker: Looker, now: datetime
) -> None:
    patient = patient_view(session, row.patient_id)
    names = (patient.name,) if patient and patient.name else ()
    numbers = (one.value for one in patient.identifiers) if patient else ()
    reason = reason_of(comment, names=names, numbers=numbers)
    record_look(session, looker, action, now=now, patient_id=row.patient_id, exam_id=row.exam_id, reason=reason)


def _of_number(session: Session, number: int) -> MessageView:
    ((row, name),) = queues.page(
        session,
        queues.MESSAGES,
        destination_id=None,
        states=(),
        exam_id=None,
        after=number - 1,
        limit=1,
    )
    return _message(row, name)


def _message(row: OutboundMessageRow, destination: str) -> MessageView:
    return MessageView(
        number=row.number,
        destination=destination,
        exam_id=row.exam_id,
        kind=row.kind,
        control_id=row.control_id,
        state=QueueState(row.state),
        attempts=row.attempts,
        not_before=row.not_before,
        problem=row.problem,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
