r"""
Acknowledgements in the original mode, built from bytes.

What is echoed (control id, applications, processing id, version, character set) is echoed as the
bytes that came, with the sender's own separators, so that every sender finds its control id again.
Everything else in an acknowledgement is ASCII of ours and holds no patient data.

Source: HL7 v2.5.1, 2.9.2 (original mode), 2.15.5 (ERR), 2.15.8 (MSA), table 0357; before 2.5 the
text goes to MSA-3, because ERR-3 and ERR-8 do not exist.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum

from hl7_bridge.messages import Header, Separators

_FIRST_WITH_ERR_TEXT = (2, 5)
_FIRST_WITH_STRUCTURE = (2, 3, 1)  # MSH-9 has a third component, the message structure
_DEFAULT_VERSION = b"2.5.1"  # stated if the sender states none


class AckCode(StrEnum):
    """MSA-1 (table 0008)."""

    ACCEPT = "AA"
    ERROR = "AE"
    REJECT = "AR"


class Fault(Enum):
    """Message error conditions (table 0357) as ERR-3 states them."""

    SEGMENT_SEQUENCE = (100, "Segment sequence error")
    REQUIRED_FIELD_MISSING = (101, "Required field missing")
    DATA_TYPE = (102, "Data type error")
    UNSUPPORTED_TYPE = (200, "Unsupported message type")
    UNSUPPORTED_PROCESSING_ID = (202, "Unsupported processing id")
    UNKNOWN_KEY = (204, "Unknown key identifier")
    DUPLICATE_KEY = (205, "Duplicate key identifier")
    INTERNAL = (207, "Application internal error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    What the sender is told. ``fault`` is given for AE and AR.

    ``location`` is the place of the fault as segment, sequence, field, such as ``("PID", 1, 3)``.
    """

    code: AckCode
    fault: Fault | None = None
    text: str = ""
    location: tuple[str | int, ...] = ()


def build_ack(header: Header | None, answer: Answer, *, control_id: str, now: datetime) -> bytes:
    """
    Return the acknowledgement of a message as bytes, segments ended by CR.

    Args:
        header: MSH of the message, ``None`` if it has none: MSA-2 then stays empty.
        answer: what to tell.
        control_id: MSH-10 of the acknowledgement itself, at most 20 characters.
        now: an aware time; it is stated with its offset.
    """
    if header is None:
        header = Header(separators=Separators(), fields=())
    marks = header.separators
    version = header.version or (2, 5, 1)
    stated_at = now.strftime("%Y%m%d%H%M%S%z").encode()
    msh = [
        b"MSH",
        marks.encoding_characters.encode(),
        header.raw(5),
        header.raw(6),
        header.raw(3),
        header.raw(4),
        stated_at,
        b"",
        _message_type(header, version),
        control_id.encode(),
        header.raw(11) or b"P",
        header.raw(12) or _DEFAULT_VERSION,
    ]
    if header.raw(18):
        msh += [b""] * 5 + [header.raw(18)]
    text = _escape(answer.text, marks).encode("ascii", "replace")
    msa = [b"MSA", answer.code.encode(), header.raw(10)]
    segments = [msh, msa]
    if answer.fault is not None:
        code, meaning = answer.fault.value
        # ERR-3 has components in 2.5; before, the same three stand as subcomponents of ERR-1 (type ELD, CM).
        if version >= _FIRST_WITH_ERR_TEXT:
            location = _join(marks.component, *answer.location)
            error = _join(marks.component, code, meaning, "HL70357")
            segments.append([b"ERR", b"", location, error, b"E", b"", b"", b"", text])
        else:
            error = _join(marks.subcomponent, code, meaning, "HL70357")
            place = [*answer.location[:3], *[""] * (3 - len(answer.location))]
            segments.append([b"ERR", _join(marks.component, *place, error.decode())])
    if text and version < _FIRST_WITH_ERR_TEXT:
        msa.append(text[:80])  # MSA-3 holds 80 characters
    return b"".join(marks.field.encode().join(segment) + b"\r" for segment in segments)


def _message_type(header: Header, version: tuple[int, ...]) -> bytes:
    trigger = header.text(9, 2)
    if version < _FIRST_WITH_STRUCTURE:
        return b"ACK"
    return _join(header.separators.component, "ACK", trigger if trigger.isalnum() else "", "ACK")


def _join(mark: str, *parts: object) -> bytes:
    return mark.join(str(part) for part in parts).encode()


def _escape(text: str, marks: Separators) -> str:
    """Return our own text so that none of its characters is taken for a separator (2.7.1)."""
    codes = {
        marks.escape: "E",
        marks.field: "F",
        marks.component: "S",
        marks.subcomponent: "T",
        marks.repetition: "R",
    }
    return "".join(f"{marks.escape}{codes[c]}{marks.escape}" if c in codes else c for c in text if c.isprintable())
