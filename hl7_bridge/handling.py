"""
One message from its bytes to its acknowledgement.

The message is committed first, alone; then it is applied in a second transaction, and the
acknowledgement is committed with what it acknowledges. So a message that cannot be applied, for a
reason foreseen or not, is kept and answered, and a message that was answered is safe.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID, uuid4

from db.outage import is_outage
from db.retry import in_unit_of_work
from db.session import Engine, Session, unit_of_work
from dose_core.errors import DoseError
from dose_services import hl7_inbox
from dose_services.hl7_inbox import MessageStatus, Result, StatedHeader
from dose_services.site import Site
from hl7_bridge.acks import AckCode, Answer, Fault, build_ack
from hl7_bridge.applying import Applied, Received
from hl7_bridge.dispatch import APPLIERS
from hl7_bridge.faults import MessageFaultError, answer_to
from hl7_bridge.messages import Header, Message, NotHl7Error, parse, read_header
from hl7_bridge.settings import Hl7Settings
from hl7_bridge.values import first_text

logger = logging.getLogger(__name__)

_OUR_PACKAGES = frozenset({"db", "dose_core", "dose_services", "hl7_bridge"})
_Done = TypeVar("_Done")
_FAILED = "kept, but it could not be applied; DoseLedger's log names the place"


class DatabaseAwayError(DoseError):
    """The database cannot be asked now. Close without an answer: the sender then sends again."""


class MessageHandler:
    """Answer messages. Safe to use from many threads; holds no state but the engine."""

    def __init__(self, engine: Engine, site: Site, settings: Hl7Settings, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._site = site
        self._settings = settings
        self._clock = clock

    def handle(self, raw: bytes, *, peer: str) -> bytes:
        """
        Keep and apply one message and return its acknowledgement, committed.

        Raises:
            DatabaseAwayError: nothing can be promised to the sender now.
        """
        header = _header_of(raw)
        stated = StatedHeader() if header is None else _stated(header)
        keep = partial(hl7_inbox.keep_message, raw=raw, stated=stated, peer=peer, received_at=self._clock())
        try:
            message_id = self._in_unit_of_work(keep)
            return self._answer(message_id, header)
        except Exception as error:
            if is_outage(error):
                raise DatabaseAwayError("the database cannot be asked; the sender has to send again") from None
            raise

    def handle_unanswered(self) -> int:
        """Answer what was kept when the bridge was stopped hard, in its order, and return how many there were."""
        with unit_of_work(self._engine) as session:
            waiting = hl7_inbox.unanswered_messages(session)
        for message_id in waiting:
            with unit_of_work(self._engine) as session:
                raw = hl7_inbox.take_message(session, message_id).raw
            self._answer(message_id, _header_of(raw))
        return len(waiting)

    def reject_too_long(self, beginning: bytes) -> bytes:
        """Return the rejection of a message that passed the size limit, from what was read of it."""
        text = f"longer than {self._settings.max_block_bytes} bytes; the connection is closed"
        answer = Answer(code=AckCode.REJECT, fault=Fault.INTERNAL, text=text)
        return self._ack(_header_of(beginning), answer)

    def _answer(self, message_id: UUID, header: Header | None) -> bytes:
        try:
            done = self._in_unit_of_work(lambda session: self._take_and_apply(session, message_id, header))
            if isinstance(done, bytes):
                return done
            answer, result = done
        except DoseError as error:
            told = answer_to(error)
            status = MessageStatus.UNREADABLE if told is None else MessageStatus.REFUSED
            answer = told or Answer(code=AckCode.ERROR, fault=Fault.INTERNAL, text=_FAILED)
            result = self._finish_failed(message_id, header, answer, Applied(status=status, reason=str(error)))
        except Exception as error:
            if is_outage(error):
                raise
            # A bug must not cost the message nor the connection. The text of the error is left out: it may
            # quote the message.
            reason = f"{type(error).__name__} at {_place(error)}"
            answer = Answer(code=AckCode.ERROR, fault=Fault.INTERNAL, text=_FAILED)
            failed = Applied(status=MessageStatus.UNREADABLE, reason=reason)
            result = self._finish_failed(message_id, header, answer, failed)
        logger.info(
            "hl7 message answered",
            extra={"hl7_message_id": str(message_id), "status": result.status.value, "ack_code": answer.code.value},
        )
        if result.status is MessageStatus.UNREADABLE:
            logger.error(
                "hl7 message could not be applied",
                extra={"hl7_message_id": str(message_id), "reason": result.reason},
            )
        return result.ack

    def _take_and_apply(
        self, session: Session, message_id: UUID, header: Header | None
    ) -> bytes | tuple[Answer, Result]:
        """Return the stored acknowledgement if there is a final one, else apply the message."""
        kept = hl7_inbox.take_message(session, message_id)
        if kept.ack is not None:
            return kept.ack
        applied = self._apply(session, message_id, kept.raw, kept.received_at)
        answer = Answer(code=AckCode.ACCEPT, text=applied.reason or "")
        return answer, self._finish(session, message_id, header, answer, applied)

    def _apply(self, session: Session, message_id: UUID, raw: bytes, received_at: datetime) -> Applied:
        header = read_header(raw)
        self._check(header)
        message = parse(raw, header, default_codec=self._site.hl7_default_charset)
        kind, trigger = _type_of(message)
        received = Received(
            id=message_id,
            message=message,
            trigger=trigger,
            received_at=received_at,
            now=self._clock(),
            site=self._site,
        )
        applier = APPLIERS.get(kind)
        applied = applier(session, received) if applier is not None else None
        return applied or Applied(
            status=MessageStatus.KEPT, reason="this message type is not used", warnings=message.problems
        )

    def _check(self, header: Header) -> None:
        for number in (9, 10):
            if not header.text(number):
                text = f"MSH-{number} is empty"
                raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, text, ("MSH", 1, number))
        senders = self._settings.allowed_senders
        if senders and (header.text(3), header.text(4)) not in senders:
            text = "this sender (MSH-3, MSH-4) is not on the list of allowed senders"
            raise MessageFaultError(Fault.INTERNAL, text, ("MSH", 1, 3), code=AckCode.REJECT)
        if (header.text(11) or "P") not in self._settings.processing_ids:
            text = "messages with this processing id (MSH-11) are not accepted here"
            fault = Fault.UNSUPPORTED_PROCESSING_ID
            raise MessageFaultError(fault, text, ("MSH", 1, 11), code=AckCode.REJECT)

    def _in_unit_of_work(self, work: Callable[[Session], _Done]) -> _Done:
        return in_unit_of_work(partial(unit_of_work, self._engine), work)

    def _finish_failed(self, message_id: UUID, header: Header | None, answer: Answer, applied: Applied) -> Result:
        return self._in_unit_of_work(lambda session: self._finish(session, message_id, header, answer, applied))

    def _finish(
        self, session: Session, message_id: UUID, header: Header | None, answer: Answer, applied: Applied
    ) -> Result:
        result = Result(
            status=applied.status, ack=self._ack(header, answer), reason=applied.reason, warnings=applied.warnings
        )
        hl7_inbox.finish_message(session, message_id, result, now=self._clock())
        return result

    def _ack(self, header: Header | None, answer: Answer) -> bytes:
        # MSH-10 holds 20 characters before v2.7.
        now = self._clock().astimezone(self._site.timezone)
        return build_ack(header, answer, control_id=uuid4().hex[:20], now=now)


def _header_of(raw: bytes) -> Header | None:
    try:
        return read_header(raw)
    except NotHl7Error:
        return None


def _stated(header: Header) -> StatedHeader:
    return StatedHeader(
        sending_application=header.text(3),
        sending_facility=header.text(4),
        message_type="^".join(part for part in (header.text(9), header.text(9, 2)) if part),
        control_id=header.raw(10).decode("utf-8", "backslashreplace"),
    )


def _type_of(message: Message) -> tuple[str, str]:
    """Return message code and trigger event; old senders state the trigger in EVN-1 alone."""
    header = message.header
    return header.text(9).upper(), (header.text(9, 2) or first_text(message.first("EVN"), 1)).upper()


def _place(error: BaseException) -> str:
    """Return where in our code an error arose, without its text."""
    place = "unknown place"
    trace = error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.split(".", maxsplit=1)[0] in _OUR_PACKAGES:
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
