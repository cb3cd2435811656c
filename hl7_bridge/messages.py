r"""
HL7 v2 messages as segments, fields and components.

The MSH is read from the bytes first, because it says how to decode the rest; then the whole text is
decoded, and only then split, so that no byte of a multi-byte character is taken for a separator.
Escapes are resolved after splitting. Segments may end with CR, LF or both; unknown segments and
further fields are simply there.

The splitter is ours: python-hl7 0.4.5 costs 1-2.5 ms a message, which is most of what a message may
cost here, takes one encoding for a whole listener, and leaves ``LF``-only text in one segment.

Source: HL7 v2.5.1, chapter 2 (2.5 message construction, 2.7 escape sequences, 2.15.9 MSH).
"""

import re
from dataclasses import dataclass, replace

from dose_core.errors import DoseError
from hl7_bridge.charsets import decode, from_utf_16, is_utf_16

NULL = '""'  # HL7 v2.5.1, 2.5.3: delete the value; an empty field leaves it as it is
_BOM = b"\xef\xbb\xbf"
_STRAY = b" \t\r\n\x00\x0b"
_HEX = re.compile(r"[0-9A-Fa-f]+\Z")


class NotHl7Error(DoseError):
    """There is no MSH segment at the beginning, so nothing can be read and no sender is known."""


class Utf16Error(DoseError):
    """
    The message is in a set whose characters are not bytes.

    ``header`` is its MSH as an acknowledgement in ASCII can echo it.
    """

    def __init__(self, header: "Header") -> None:
        super().__init__("UTF-16 and UTF-32 are not read; send UTF-8 and state UNICODE UTF-8 in MSH-18")
        self.header = header


class MalformedMessageError(DoseError):
    """There is an MSH segment, but the message cannot be split."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Separators:
    """MSH-1 and MSH-2, one character each."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def encoding_characters(self) -> str:
        """Return MSH-2."""
        return self.component + self.repetition + self.escape + self.subcomponent


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """
    The MSH as bytes. ``fields[0]`` is MSH-1.

    ``problem`` is given if MSH-2 cannot be used; ``separators`` then are the usual ones.
    """

    separators: Separators
    fields: tuple[bytes, ...]
    problem: str | None = None

    def raw(self, number: int) -> bytes:
        """Return MSH-``number`` as it came, empty if absent."""
        return self.fields[number - 1] if number <= len(self.fields) else b""

    def text(self, number: int, component: int = 1) -> str:
        """Return one component of MSH-``number``; bytes beyond ASCII are shown as escapes."""
        parts = self.raw(number).split(self.separators.component.encode())
        return parts[component - 1].decode("ascii", "backslashreplace").strip() if component <= len(parts) else ""

    @property
    def version(self) -> tuple[int, ...]:
        """Return MSH-12 as numbers, such as ``(2, 5, 1)``; empty if it is not stated so."""
        stated = self.text(12)
        return tuple(int(part) for part in stated.split(".")) if re.fullmatch(r"\d{1,3}(\.\d{1,3})+", stated) else ()


@dataclass(frozen=True, slots=True)
class Value:
    """One repetition of a field."""

    text: str  # as it stands, escapes unresolved
    separators: Separators

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is stated, not even that the value is to be deleted."""
        return not self.text.strip(self.separators.component + self.separators.subcomponent + " ")

    @property
    def is_null(self) -> bool:
        """Tell whether the value is to be deleted."""
        marks = self.separators
        parts = self.text.replace(marks.subcomponent, marks.component).split(marks.component)
        return {part.strip() for part in parts} - {""} == {NULL}

    def component(self, number: int, subcomponent: int = 1) -> str:
        """Return one component, escapes resolved, outer blanks removed; empty if absent."""
        parts = self.text.split(self.separators.component)
        if number > len(parts):
            return ""
        inner = parts[number - 1].split(self.separators.subcomponent)
        return unescape(inner[subcomponent - 1], self.separators).strip() if subcomponent <= len(inner) else ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. ``fields[0]`` is field 1; for the MSH this is the field separator."""

    name: str
    fields: tuple[str, ...]
    separators: Separators

    def values(self, number: int) -> list[Value]:
        """Return the repetitions of a field that state something."""
        if number > len(self.fields):
            return []
        repetitions = self.fields[number - 1].split(self.separators.repetition)
        return [value for text in repetitions if not (value := Value(text, self.separators)).is_empty]

    def value(self, number: int) -> Value:
        """Return the first repetition that states something, else an empty value."""
        return next(iter(self.values(number)), Value("", self.separators))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message split into segments. ``problems`` tells what was tolerated, without patient data."""

    header: Header
    segments: tuple[Segment, ...]
    problems: tuple[str, ...]

    def first(self, name: str) -> Segment | None:
        """Return the first segment of this name."""
        return next((segment for segment in self.segments if segment.name == name), None)


def read_header(raw: bytes) -> Header:
    """
    Return the MSH of a message.

    Raises:
        NotHl7Error: the bytes do not begin with an MSH segment that has a usable field separator.
        Utf16Error: they do, in UTF-16.
    """
    if (text := from_utf_16(raw)) is not None:
        raise Utf16Error(_header_in_ascii(text))
    body = raw.removeprefix(_BOM).lstrip(_STRAY)
    if not body.startswith(b"MSH"):
        if body[:3] in {b"FHS", b"BHS"}:
            raise NotHl7Error("batches are not read; send the messages of the batch one by one")
        raise NotHl7Error("no MSH segment at the beginning")
    line = re.split(rb"[\r\n]", body, maxsplit=1)[0]
    field = line[3:4]
    if not _is_separator(field.decode("ascii", "replace")) or field.decode() in Separators().encoding_characters[:2]:
        raise NotHl7Error("MSH-1 is not a field separator")
    parts = line[4:].split(field)
    separators, problem = _separators(field.decode(), parts[0].decode("ascii", "replace").strip())
    return Header(separators=separators, fields=(field, *parts), problem=problem)


def parse(raw: bytes, header: Header, *, default_codec: str) -> Message:
    """
    Return the segments of a message whose MSH was read.

    Raises:
        MalformedMessageError: the separators cannot be used, or there are two messages in the block.
        Utf16Error: what follows the MSH is in UTF-16.
    """
    if header.problem is not None:
        raise MalformedMessageError(header.problem)
    stated = tuple(header.raw(18).decode("ascii", "replace").split(header.separators.repetition))
    # A message in bytes that says it were UTF-16 is read as any other that states a wrong set.
    if is_utf_16(stated) and b"\0" in raw:
        raise Utf16Error(_without_charset(header))
    decoded = decode(
        raw.removeprefix(_BOM).strip(_STRAY),
        stated=stated,
        default_codec=default_codec,
        escape=header.separators.escape,
    )
    problems = [] if decoded.problem is None else [f"character set: {decoded.problem}"]
    text = decoded.text
    if "\0" in text:
        text = text.replace("\0", "")
        problems.append("NUL characters were left out")
    lines = _lines(text, header.separators.field)
    start = f"MSH{header.separators.field}"
    if any(line.startswith(start) for line in lines[1:]) or f"\x0b{start}" in text:
        raise MalformedMessageError("a second MSH follows in the same block; send one message per block")
    return Message(
        header=header,
        segments=tuple(_segment(line, header.separators) for line in lines),
        problems=tuple(problems),
    )


def unescape(text: str, separators: Separators) -> str:
    r"""
    Return ``text`` with its escape sequences resolved (HL7 v2.5.1, 2.7).

    ``\.br\`` and its kin become a blank and highlighting is left out; what is not an escape sequence stays
    as it stands. Switches of the character set (``\Cxxyy\``, ``\Mxxyyzz\``) were resolved by decoding.
    """
    escape = separators.escape
    if escape not in text:
        return text
    parts = text.split(escape)
    resolved = [parts[0]]
    position = 1
    while position < len(parts):
        is_closed = position + 1 < len(parts)
        replacement = _resolve(parts[position], separators) if is_closed else None
        if replacement is None:
            resolved.append(escape + parts[position])
            position += 1
        else:
            resolved += [replacement, parts[position + 1]]
            position += 2
    return "".join(resolved)


def _resolve(sequence: str, separators: Separators) -> str | None:
    known = {
        "F": separators.field,
        "S": separators.component,
        "T": separators.subcomponent,
        "R": separators.repetition,
        "E": separators.escape,
        "H": "",
        "N": "",
    }
    if sequence in known:
        return known[sequence]
    if sequence.startswith("."):
        return " "
    digits = sequence[1:]
    if sequence.startswith("X") and _HEX.match(digits) and len(digits) % 2 == 0:
        # Bytes of the message's own set; nearly always control characters, which all sets share.
        return bytes.fromhex(digits).decode("utf-8", "replace").replace("\0", "")
    return None


def _lines(text: str, field: str) -> list[str]:
    """
    Return the lines of a message. CR ends a segment always, LF where a segment can begin behind it.

    Senders mix the two in one message; an LF anywhere else is text that somebody typed.
    """
    end = rf"\r|\n(?=[A-Z][A-Z0-9]{{2}}(?:{re.escape(field)}|[\r\n]|\Z))"
    return [line for part in re.split(end, text) if (line := part.strip("\r\n"))]


def _segment(line: str, separators: Separators) -> Segment:
    name, *fields = line.split(separators.field)
    if name == "MSH":
        fields = [separators.field, *fields]
    return Segment(name.strip(), tuple(fields), separators)


def _header_in_ascii(text: str) -> Header:
    return _without_charset(read_header(text.encode("ascii", "replace")))


def _without_charset(header: Header) -> Header:
    """Return a header without MSH-18: an acknowledgement in bytes must not say that it is UTF-16."""
    return replace(header, fields=header.fields[:17])


def _separators(field: str, stated: str) -> tuple[Separators, str | None]:
    usual = Separators(field=field)
    marks = stated[:4] + usual.encoding_characters[len(stated[:4]) :]
    if len({field, *marks}) == len(field + marks) and all(_is_separator(mark) for mark in marks):
        component, repetition, escape, subcomponent = list(marks)
        return (
            Separators(
                field=field, component=component, repetition=repetition, escape=escape, subcomponent=subcomponent
            ),
            None,
        )
    return usual, "MSH-2 does not state four different separators"


def _is_separator(mark: str) -> bool:
    return len(mark) == 1 and mark.isascii() and mark.isprintable() and not mark.isalnum() and mark != " "
