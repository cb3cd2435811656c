"""
One message from its bytes to its acknowledgement.

A message is kept, applied and answered in one transaction: the acknowledgement is committed with what it
acknowledges. One that cannot be applied, for a reason foreseen or not, is kept in a transaction of its own and
answered in a second, and so is one whose sender wants to hear first that it is safe. A message that was answered is
safe.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID, uuid4

from db.outage import Outage, is_outage, outage_of
from db.retry import in_unit_of_work
from db.session import Engine, Session, unit_of_work
from dose_core.errors import DoseError
from dose_services import hl7_inbox
from dose_services.hl7_inbox import KeptMessage, MessageStatus, Result, StatedHeader
from dose_services.site import Site
from hl7_bridge import dispatch
from hl7_bridge.accepting import Accepted, accept, header_of
from hl7_bridge.acks import AckCode, Answer, Fault, build_ack, code_in
from hl7_bridge.applying import Applied, Received
from hl7_bridge.asked import Asked, asked_by
from hl7_bridge.faults import answer_to
from hl7_bridge.messages import Header
from hl7_bridge.places import place
from hl7_bridge.settings import Hl7Settings

logger = logging.getLogger(__name__)

_Done = TypeVar("_Done")
_CONTROL_ID_CHARACTERS = 20  # of MSH-10 before v2.7
_NOT_ITS_OWN = "this peer may not send for this sender and purpose (MSH-3, MSH-4, MSH-11)"
_FAILED = "kept, but it could not be applied; DoseLedger's log names the place"


class DatabaseAwayError(DoseError):
    """The database cannot be asked now. Close without an answer: the sender then sends again."""


def nobody(_: bytes) -> None:
    """Take an accept acknowledgement that nobody waits for any more."""


class MessageHandler:
    """Answer messages. Safe to use from many threads; holds no state but the engine."""

    def __init__(self, engine: Engine, site: Site, settings: Hl7Settings, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._site = site
        self._settings = settings
        self._clock = clock

    def handle(self, raw: bytes, *, peer: str, on_accept: Callable[[bytes], None] = nobody) -> bytes:
        """
        Keep and apply one message and return its acknowledgement, committed; empty if its sender wants none.

        Args:
            raw: the message without its frame.
            peer: the network address that it comes from.
            on_accept: called once the message is committed, with the accept acknowledgement, if its sender wants one.

        Raises:
            DatabaseAwayError: nothing can be promised to the sender now.
        """
        header = header_of(raw)
        asked = asked_by(header, raw)
        try:
            if (ack := self._at_once(raw, header, asked, peer)) is not None:
                return _as_asked(ack, asked)
            kept = self._in_unit_of_work(self._keeping(raw, header, asked, peer))
            ack = hl7_inbox.final_ack(kept)
            if ack is None:
                ack = self._settle(kept, raw, header, asked, on_accept)
            elif not code_in(ack).is_accept_level:
                self._promise(kept, header, asked, on_accept)
        except Exception as error:
            if is_outage(error):
                raise DatabaseAwayError("the database cannot be asked; the sender has to send again") from None
            raise
        return _as_asked(ack, asked)

    def turn_away(self, raw: bytes, *, peer: str) -> bytes:
        """
        Keep a message whose sender its peer may not speak for, and return the rejection, committed.

        It is not the message's last: who may speak for the sender may send the same bytes, and one that they have sent
        stays as it is.

        Raises:
            DatabaseAwayError: nothing can be promised to the sender now.
        """
        header = header_of(raw)
        asked = asked_by(header, raw)
        answer = Answer(code=AckCode.REJECT, fault=Fault.INTERNAL, text=_NOT_ITS_OWN, location=("MSH", 1, 3))
        ack = self._ack(header, _refusal(answer, asked), asked)
        keep = self._keeping(raw, header, asked, peer)
        try:
            self._in_unit_of_work(partial(self._keep_turned_away, keep=keep, ack=ack))
        except Exception as error:
            if is_outage(error):
                raise DatabaseAwayError("the database cannot be asked; the sender has to send again") from None
            raise
        logger.warning("hl7 message turned away", extra={"peer": peer, "reason": _NOT_ITS_OWN})
        return _as_asked(ack, asked)

    def handle_unanswered(self, *, kept_for: timedelta = timedelta(0)) -> int:
        """
        Answer what was kept and not answered for so long, in its order, and return how many there were.

        The bridge may have been stopped hard, or the database have gone away after a message was promised to be safe.
        """
        with unit_of_work(self._engine) as session:
            waiting = hl7_inbox.unanswered_messages(session, kept_until=self._clock() - kept_for)
        for message_id in waiting:
            with unit_of_work(self._engine) as session:
                kept = hl7_inbox.take_message(session, message_id)
                raw = hl7_inbox.message_of(session, message_id)
            header = header_of(raw)
            self._settle(kept, raw, header, asked_by(header, raw), nobody)
        return len(waiting)

    def reject_too_long(self, beginning: bytes) -> bytes:
        """Return the rejection of a message that passed the size limit, from what was read of it."""
        text = f"longer than {self._settings.max_block_bytes} bytes; the connection is closed"
        header = header_of(beginning)
        asked = asked_by(header, beginning)
        answer = _refusal(Answer(code=AckCode.REJECT, fault=Fault.INTERNAL, text=text), asked)
        return _as_asked(self._ack(header, answer, asked), asked)

    def _keeping(self, raw: bytes, header: Header | None, asked: Asked, peer: str) -> partial[KeptMessage]:
        return partial(
            hl7_inbox.keep_message,
            raw=raw,
            stated=StatedHeader() if header is None else _stated(header),
            peer=peer,
            received_at=self._clock(),
            is_answered=asked.is_enhanced,
        )

    def _at_once(self, raw: bytes, header: Header | None, asked: Asked, peer: str) -> bytes | None:
        """
        Keep and apply a message in one transaction and return its acknowledgement.

        ``None`` if that is not for this message: it is promised first, or cannot be taken or applied. Then nothing of
        it is kept yet.
        """
        if asked.is_enhanced:
            return None
        keep = self._keeping(raw, header, asked, peer)

        def keep_and_apply(session: Session) -> tuple[UUID, Result | bytes]:
            kept = keep(session, is_answered=True)
            if (ack := hl7_inbox.final_ack(kept)) is not None:
                return kept.id, ack
            if not kept.is_new:
                return kept.id, self._take_and_apply(session, kept.id, accepted, asked)
            return kept.id, self._apply(session, kept, accepted, asked)

        try:
            accepted = accept(raw, self._site, self._settings)
            message_id, done = self._in_unit_of_work(keep_and_apply)
        except Exception as error:
            if outage_of(error) in {Outage.AWAY, Outage.FULL}:
                raise
            return None
        return self._logged(message_id, done)

    def _promise(
        self, kept: KeptMessage, header: Header | None, asked: Asked, on_accept: Callable[[bytes], None]
    ) -> None:
        if asked.accept.holds(is_success=True):
            # Made of what is kept alone, so that a message that comes again is told the same.
            kept_at = kept.received_at.astimezone(self._site.timezone)
            answer = Answer(code=AckCode.COMMIT_ACCEPT)
            on_accept(build_ack(header, answer, control_id=kept.id.hex[:_CONTROL_ID_CHARACTERS], now=kept_at))

    def _settle(
        self,
        kept: KeptMessage,
        raw: bytes,
        header: Header | None,
        asked: Asked,
        on_accept: Callable[[bytes], None],
    ) -> bytes:
        """Take and apply a message, and return its acknowledgement as it is stored."""
        is_taken = False
        try:
            accepted = accept(raw, self._site, self._settings)
            is_taken = True
            self._promise(kept, header, asked, on_accept)
            done = self._in_unit_of_work(lambda session: self._take_and_apply(session, kept.id, accepted, asked))
        except DoseError as error:
            told = answer_to(error)
            status = MessageStatus.UNREADABLE if told is None else MessageStatus.REFUSED
            answer = told or Answer(code=AckCode.ERROR, fault=Fault.INTERNAL, text=_FAILED)
            failed = Applied(status=status, reason=str(error))
        except Exception as error:
            if is_outage(error):
                raise
            # A bug must not cost the message nor the connection. The text of the error is left out: it may
            # quote the message.
            answer = Answer(code=AckCode.ERROR, fault=Fault.INTERNAL, text=_FAILED)
            failed = Applied(status=MessageStatus.UNREADABLE, reason=f"{type(error).__name__} at {place(error)}")
        else:
            return self._logged(kept.id, done)
        if not is_taken:
            answer = _refusal(answer, asked)
        ack = self._ack(header, answer, asked)
        return self._logged(
            kept.id, self._in_unit_of_work(lambda session: self._take_and_finish(session, kept.id, failed, ack))
        )

    def _take_and_apply(self, session: Session, message_id: UUID, accepted: Accepted, asked: Asked) -> Result | bytes:
        """Return the stored acknowledgement if there is a final one, else apply the message."""
        kept = hl7_inbox.take_message(session, message_id)
        if (ack := hl7_inbox.final_ack(kept)) is not None:
            return ack
        return self._apply(session, kept, accepted, asked)

    def _apply(self, session: Session, kept: KeptMessage, accepted: Accepted, asked: Asked) -> Result:
        received = Received(
            id=kept.id,
            message=accepted.message,
            trigger=accepted.trigger,
            received_at=kept.received_at,
            now=self._clock(),
            site=self._site,
        )
        applied = dispatch.apply(session, accepted.kind, received)
        if applied is None:
            warnings = accepted.message.problems
            applied = Applied(status=MessageStatus.KEPT, reason="this message type is not used", warnings=warnings)
        answer = applied.answer or Answer(code=AckCode.ACCEPT, text=applied.reason or "")
        return self._finish(session, kept, applied, self._ack(accepted.message.header, answer, asked))

    def _take_and_finish(self, session: Session, message_id: UUID, failed: Applied, ack: bytes) -> Result | bytes:
        kept = hl7_inbox.take_message(session, message_id)
        # The same message may have gone well on another connection meanwhile.
        return hl7_inbox.final_ack(kept) or self._finish(session, kept, failed, ack)

    def _finish(self, session: Session, kept: KeptMessage, applied: Applied, ack: bytes) -> Result:
        result = Result(status=applied.status, ack=ack, reason=applied.reason, warnings=applied.warnings)
        hl7_inbox.finish_message(session, kept, result, now=self._clock())
        return result

    def _keep_turned_away(self, session: Session, keep: partial[KeptMessage], ack: bytes) -> None:
        kept = keep(session, is_answered=True)
        if kept.is_new:  # what its own sender has sent may have been promised, and waits for its own answer
            failed = Applied(status=MessageStatus.UNREADABLE, reason=_NOT_ITS_OWN)
            self._finish(session, kept, failed, ack)

    def _ack(self, header: Header | None, answer: Answer, asked: Asked) -> bytes:
        now = self._clock().astimezone(self._site.timezone)
        control_id = uuid4().hex[:_CONTROL_ID_CHARACTERS]
        return build_ack(header, answer, control_id=control_id, now=now, is_enhanced=asked.is_enhanced)

    def _in_unit_of_work(self, work: Callable[[Session], _Done]) -> _Done:
        return in_unit_of_work(partial(unit_of_work, self._engine), work)

    def _logged(self, message_id: UUID, done: Result | bytes) -> bytes:
        if isinstance(done, bytes):
            return done
        told = {"hl7_message_id": str(message_id), "status": done.status.value}
        if done.status is not MessageStatus.APPLIED:  # what went well is in the inbox, and many a second
            logger.info("hl7 message answered", extra=told | {"ack_code": code_in(done.ack).value})
        if done.status is MessageStatus.UNREADABLE:
            logger.error("hl7 message could not be applied", extra=told | {"reason": done.reason})
        return done.ack


def _refusal(answer: Answer, asked: Asked) -> Answer:
    """Return the answer to a message that is not taken: at the accept level, if its sender wants to hear there."""
    return replace(answer, code=answer.code.at_accept_level) if asked.accept.holds(is_success=False) else answer


def _as_asked(ack: bytes, asked: Asked) -> bytes:
    code = code_in(ack)
    when = asked.accept if code.is_accept_level else asked.application
    return ack if when.holds(is_success=code.is_success) else b""


def _stated(header: Header) -> StatedHeader:
    return StatedHeader(
        sending_application=header.text(3),
        sending_facility=header.text(4),
        message_type="^".join(part for part in (header.text(9), header.text(9, 2)) if part),
        control_id=header.raw(10).decode("utf-8", "backslashreplace"),
    )
