"""
Character sets of HL7 messages.

What a sender states in MSH-18 is tried first and strictly; if it does not fit, the text is read all
the same and the problem is told. A message is never dropped for its character set.

Source: HL7 v2.5.1, section 2.15.9.18 (MSH-18) and table 0211.
"""

from dataclasses import dataclass

# Table 0211 -> Python codec. The ISO IR sets of Japan come as ISO 2022 escapes.
_CODECS = {
    "ASCII": "ascii",
    "ISO IR6": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",  # not in the table, and common
    "ISO IR14": "iso2022_jp_ext",
    "ISO IR87": "iso2022_jp_2",
    "ISO IR159": "iso2022_jp_2",
    "GB 18030-2000": "gb18030",
    "KS X 1001": "euc_kr",
    "CNS 11643-1992": "big5",
    "BIG-5": "big5",
    **{f"8859/{part}": f"iso8859_{part}" for part in (*range(1, 12), 13, 14, 15, 16)},
}
# ISO 8859-1 gives a character to every byte, so the last resort cannot fail.
_LAST_RESORT = "iso8859_1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text of a message, the codec that read it, and what was wrong with the stated one, if anything."""

    text: str
    codec: str
    problem: str | None


def decode(raw: bytes, *, stated: tuple[str, ...], default_codec: str) -> Decoded:
    """
    Return the text of a message.

    Args:
        raw: the message as it came.
        stated: the repetitions of MSH-18; the first is the set of the message, others come by ISO 2022 escapes.
        default_codec: the site's answer for messages that state nothing and are not UTF-8.
    """
    named = [name.strip() for name in stated if name.strip()]
    codecs = [codec for name in named if (codec := _CODECS.get(name.upper())) is not None]
    # With ISO 2022 sets behind it, ASCII or JIS X 0201 in first place is only the state at the beginning of a line.
    codec = next((c for c in codecs if c.startswith("iso2022")), codecs[0] if codecs else None)
    if codec is not None:
        text = _try(raw, codec)
        if text is not None:
            return Decoded(text=text, codec=codec, problem=None)
    problem = None
    if named:
        problem = "MSH-18 names a character set that is not in table 0211" if codec is None else f"not valid {codec}"
    for candidate in ("utf-8", default_codec):
        text = _try(raw, candidate)
        if text is not None:
            return Decoded(text=text, codec=candidate, problem=problem and f"{problem}; read as {candidate}")
    problem = problem or "no character set is stated and the text is not UTF-8"
    return Decoded(text=raw.decode(_LAST_RESORT), codec=_LAST_RESORT, problem=f"{problem}; read as {_LAST_RESORT}")


def _try(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None
