"""
Character sets of HL7 messages.

What a sender states in MSH-18 is tried first and strictly; if it does not fit, the text is read all
the same and the problem is told. A message is never dropped for its character set.

Source: HL7 v2.5.1, 2.15.9.18 (MSH-18), 2.15.9.20 (MSH-20), table 0211.
"""

from dataclasses import dataclass

from hl7_bridge.code_extensions import decode_extended, has_extensions

# Table 0211 -> Python codec. The two-byte sets of Japan come by ISO 2022 escapes, and begin with ASCII.
_CODECS = {
    "ASCII": "ascii",
    "ISO IR6": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",  # not in the table, and common
    "ISO IR14": "jis_x0201",
    "ISO IR87": "ascii",
    "ISO IR159": "ascii",
    "GB 18030-2000": "gb18030",
    "KS X 1001": "euc_kr",
    "CNS 11643-1992": "big5",
    "BIG-5": "big5",
    **{f"8859/{part}": f"iso8859_{part}" for part in (*range(1, 12), 13, 14, 15, 16)},
}
_TWO_BYTES = frozenset({"ISO IR87", "ISO IR159"})
_NOT_BYTES = frozenset({"UNICODE UTF-16", "UNICODE UTF-32", "UTF-16", "UTF-32"})
# How UTF-16 begins: with a byte order mark, or with the three letters of every message.
_UTF_16 = (
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    ("MSH".encode("utf-16-le"), "utf-16-le"),
    ("MSH".encode("utf-16-be"), "utf-16-be"),
)
# ISO 8859-1 gives a character to every byte, so the last resort cannot fail.
_LAST_RESORT = "iso8859_1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text of a message, the codec that read it, and what was wrong with the stated one, if anything."""

    text: str
    codec: str
    problem: str | None


def decode(raw: bytes, *, stated: tuple[str, ...], default_codec: str, escape: str = "\\") -> Decoded:
    r"""
    Return the text of a message.

    Args:
        raw: the message as it came.
        stated: the repetitions of MSH-18; the first is the set of the message, the others come by ISO 2022 escapes,
            as bytes or, as HL7 writes them, as ``\Cxxyy\`` and ``\Mxxyyzz\``. MSH-20 would say which of the two; both
            are seen without it.
        default_codec: the site's answer for messages that state nothing and are not UTF-8.
        escape: the escape character of the message.
    """
    named = [name.strip().upper() for name in stated if name.strip()]
    known = [name for name in named if name in _CODECS]
    if known:
        first = _CODECS[known[0]]
        is_extended = (len(known) > 1 or known[0] in _TWO_BYTES) and has_extensions(raw, escape)
        text = decode_extended(raw, first, escape) if is_extended or first == "jis_x0201" else _try(raw, first)
        if text is not None:
            problem = None if len(known) == len(named) else "MSH-18 names a further set that is not in table 0211"
            return Decoded(text=text, codec=first, problem=problem)
    problem = _problem(named, known)
    for candidate in ("utf-8", default_codec):
        text = _try(raw, candidate)
        if text is not None:
            return Decoded(text=text, codec=candidate, problem=problem and f"{problem}; read as {candidate}")
    problem = problem or "no character set is stated and the text is not UTF-8"
    return Decoded(text=raw.decode(_LAST_RESORT), codec=_LAST_RESORT, problem=f"{problem}; read as {_LAST_RESORT}")


def _problem(named: list[str], known: list[str]) -> str | None:
    if known:
        return f"not valid {known[0]}"
    if is_utf_16(tuple(named)):
        return "MSH-18 says UTF-16, and the text is in bytes"
    return "MSH-18 names a character set that is not in table 0211" if named else None


def is_utf_16(stated: tuple[str, ...]) -> bool:
    """Tell whether MSH-18 names a set whose characters are not made of bytes."""
    return any(name.strip().upper() in _NOT_BYTES for name in stated)


def from_utf_16(raw: bytes) -> str | None:
    """Return the text of a message in UTF-16, ``None`` if it is in bytes."""
    body = raw.lstrip(b" \t\r\n\x0b")
    codec = next((codec for mark, codec in _UTF_16 if body.startswith(mark)), None)
    return None if codec is None else body.decode(codec, "replace").removeprefix("\ufeff")


def _try(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None
