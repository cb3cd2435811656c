"""What the application of a message is given, and what it tells."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.session import Session
from dose_services.hl7_inbox import MessageStatus
from dose_services.site import Site
from hl7_bridge.acks import Answer
from hl7_bridge.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """
    A message that is kept, can be split and comes from whom we accept it; ``trigger`` is its event, such as ``A40``.

    ``now`` is when it is applied, which is later than ``received_at`` if the bridge was stopped in between.
    """

    id: UUID
    message: Message
    trigger: str
    received_at: datetime
    now: datetime
    site: Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """
    What became of a message. No text holds patient data.

    ``answer`` is given of a message that is refused, and of which something is kept all the same.
    """

    status: MessageStatus
    reason: str | None = None
    warnings: tuple[str, ...] = ()
    answer: Answer | None = None


Applier = Callable[[Session, Received], Applied | None]
"""
Apply a message of one type (MSH-9.1) and tell what became of it; ``None`` for a trigger event that is not used.

Raises a ``DoseError`` that ``hl7_bridge.faults`` knows if the message is against the rules.
"""
