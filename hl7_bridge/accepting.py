"""Whether a message can be taken at all: who sends it, as what, and whether it can be split."""

from dataclasses import dataclass

from dose_core.hl7.sender_rules import Speaker
from dose_services.site import Site
from hl7_bridge.acks import AckCode, Fault
from hl7_bridge.faults import MessageFaultError
from hl7_bridge.messages import Header, Message, NotHl7Error, Utf16Error, parse, read_header
from hl7_bridge.settings import Hl7Settings
from hl7_bridge.values import first_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message that can be applied. ``kind`` and ``trigger`` are MSH-9 in upper case, such as ``ADT`` and ``A40``."""

    message: Message
    kind: str
    trigger: str


def header_of(raw: bytes) -> Header | None:
    """Return the MSH of a message as far as an acknowledgement can echo it; ``None`` if there is none."""
    try:
        return read_header(raw)
    except Utf16Error as error:
        return error.header
    except NotHl7Error:
        return None


def is_of(speaker: Speaker, raw: bytes) -> bool:
    """Test if a message names a sender for whom it may come; one without MSH names nobody, and is refused for that."""
    if speaker.rules is None:
        return True
    header = header_of(raw)
    return header is None or speaker.may_name(header.text(3), header.text(4), header.text(11) or "P")


def accept(raw: bytes, site: Site, settings: Hl7Settings) -> Accepted:
    """
    Return the message that these bytes are.

    Raises:
        NotHl7Error: there is no MSH.
        Utf16Error: they are no text in bytes.
        MalformedMessageError: they cannot be split, or are more than one message.
        MessageFaultError: MSH-9 or MSH-10 is missing, or the site does not take messages of this sender or purpose.
    """
    header = read_header(raw)
    _check(header, settings)
    message = parse(raw, header, default_codec=site.hl7_default_charset)
    # Old senders state the trigger in EVN-1 alone.
    trigger = header.text(9, 2) or first_text(message.first("EVN"), 1)
    return Accepted(message=message, kind=header.text(9).upper(), trigger=trigger.upper())


def _check(header: Header, settings: Hl7Settings) -> None:
    for number in (9, 10):
        if not header.text(number):
            text = f"MSH-{number} is empty"
            raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, text, ("MSH", 1, number))
    senders = settings.allowed_senders
    if senders and (header.text(3), header.text(4)) not in senders:
        text = "this sender (MSH-3, MSH-4) is not on the list of allowed senders"
        raise MessageFaultError(Fault.INTERNAL, text, ("MSH", 1, 3), code=AckCode.REJECT)
    if (header.text(11) or "P") not in settings.processing_ids:
        text = "messages with this processing id (MSH-11) are not accepted here"
        fault = Fault.UNSUPPORTED_PROCESSING_ID
        raise MessageFaultError(fault, text, ("MSH", 1, 11), code=AckCode.REJECT)
