r"""
Acknowledgements of both modes, built from bytes.

What is echoed (control id, applications, processing id, version, character set) is echoed as the
bytes that came, with the sender's own separators, so that every sender finds its control id again.
Only control characters are left out of it: no field may hold them, and to some receivers they end a
segment or a block. Everything else in an acknowledgement is ASCII of ours and holds no patient data.

Source: HL7 v2.5.1, 2.9.2 (original mode), 2.9.3 (enhanced mode), 2.15.5 (ERR), 2.15.8 (MSA), table 0357;
before 2.5 the text goes to MSA-3, because ERR-3 and ERR-8 do not exist.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum

from hl7_bridge.messages import Header, Separators

_FIRST_WITH_ERR_TEXT = (2, 5)
_FIRST_WITH_STRUCTURE = (2, 3, 1)  # MSH-9 has a third component, the message structure
_DEFAULT_VERSION = b"2.5.1"  # stated if the sender states none
_MAX_MSA_3 = 80  # characters
# ISO 2022 needs ESC, and a tabulator separates nothing.
_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x1B})


class AckCode(StrEnum):
    """MSA-1 (table 0008): what became of a message, or whether it was taken at all."""

    ACCEPT = "AA"
    ERROR = "AE"
    REJECT = "AR"
    COMMIT_ACCEPT = "CA"
    COMMIT_ERROR = "CE"
    COMMIT_REJECT = "CR"

    @property
    def is_success(self) -> bool:
        """Tell whether nothing is wrong."""
        return self in {AckCode.ACCEPT, AckCode.COMMIT_ACCEPT}

    @property
    def is_accept_level(self) -> bool:
        """Tell whether it says only if the message was taken."""
        return self.value.startswith("C")

    @property
    def at_accept_level(self) -> "AckCode":
        """Return the code that says the same of taking the message."""
        return AckCode(f"C{self.value[1]}")


class Fault(Enum):
    """Message error conditions (table 0357) as ERR-3 states them."""

    SEGMENT_SEQUENCE = (100, "Segment sequence error")
    REQUIRED_FIELD_MISSING = (101, "Required field missing")
    DATA_TYPE = (102, "Data type error")
    TABLE_VALUE_NOT_FOUND = (103, "Table value not found")
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


def build_ack(
    header: Header | None, answer: Answer, *, control_id: str, now: datetime, is_enhanced: bool = False
) -> bytes:
    """
    Return the acknowledgement of a message as bytes, segments ended by CR.

    Args:
        header: MSH of the message, ``None`` if it has none: MSA-2 then stays empty.
        answer: what to tell.
        control_id: MSH-10 of the acknowledgement itself, at most 20 characters.
        now: an aware time; it is stated with its offset.
        is_enhanced: whether MSH-15 and MSH-16 have to say that we want no acknowledgement of it.
    """
    if header is None:
        header = Header(separators=Separators(), fields=())
    marks = header.separators
    version = header.version or (2, 5, 1)
    stated_at = now.strftime("%Y%m%d%H%M%S%z").encode()
    msh = [
        b"MSH",
        marks.encoding_characters.encode(),
        *(_echo(header, number) for number in (5, 6, 3, 4)),
        stated_at,
        b"",
        _message_type(header, version),
        control_id.encode(),
        _echo(header, 11) or b"P",
        _echo(header, 12) or _DEFAULT_VERSION,
    ]
    # An accept acknowledgement is never acknowledged, so that it need not say so.
    wanted = b"NE" if is_enhanced and not answer.code.is_accept_level else b""
    charset = _echo(header, 18)
    if wanted or charset:
        msh += [b"", b"", wanted, wanted]
    if charset:
        msh += [b"", charset]
    text = _escape(answer.text, marks).encode("ascii", "replace")
    msa = [b"MSA", answer.code.encode(), _echo(header, 10)]
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
        msa.append(text[:_MAX_MSA_3])
    return b"".join(marks.field.encode().join(segment) + b"\r" for segment in segments)


def code_in(ack: bytes) -> AckCode:
    """Return MSA-1 of an acknowledgement of ours."""
    msh, msa, *_ = ack.split(b"\r", 2)
    return AckCode(msa.split(msh[3:4])[1].decode())


def _echo(header: Header, number: int) -> bytes:
    return header.raw(number).translate(None, _CONTROLS)


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
