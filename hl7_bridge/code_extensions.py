r"""
Text in which character sets are switched by escape sequences (ISO 2022).

The sequences come as bytes (MSH-20 ``ISO 2022-1994``), or as HL7 writes them (``\C2842\``, ``\M2442\``;
MSH-20 ``2.3``). The lower half of the bytes belongs to the set that was switched to G0, the upper half
to that of G1; each segment begins in the first set of MSH-18.

Source: ISO/IEC 2022 and its register of sets; HL7 v2.5.1, 2.7.2 (escape sequences of character sets).
"""

import re

_SEQUENCE = re.compile(rb"(\x1b[ -/]*[0-~]|[\r\n])")
# Ours: each switch costs a call. A name has some ten, a long comment in Japanese a few hundred.
_MAX_SWITCHES = 20_000
# Sets of one byte in G0. The Roman set of JIS X 0201 has yen and overline where ASCII has backslash and tilde; HL7
# needs those two, and senders mean them.
_G0 = {b"(B": "ascii", b"(J": "ascii", b"(I": "katakana", b"$@": "jis_x0208", b"$B": "jis_x0208", b"$(D": "jis_x0212"}
_G1 = {
    b")I": "jis_x0201",
    b"$)C": "euc_kr",
    b"$)A": "gb2312",
    b"-A": "iso8859_1",
    b"-B": "iso8859_2",
    b"-C": "iso8859_3",
    b"-D": "iso8859_4",
    b"-L": "iso8859_5",
    b"-G": "iso8859_6",
    b"-F": "iso8859_7",
    b"-H": "iso8859_8",
    b"-M": "iso8859_9",
    b"-b": "iso8859_15",
}
_LAST_ASCII = 0x7F
_KATAKANA = range(0xA1, 0xE0)  # of JIS X 0201 in G1; in G0 the same without the high bit


def has_extensions(raw: bytes, escape: str) -> bool:
    """Tell whether the bytes switch their character set anywhere."""
    return b"\x1b" in raw or _written(escape).search(raw) is not None


def decode_extended(raw: bytes, first: str, escape: str) -> str | None:
    """
    Return the text, ``None`` if a switch or a byte is not of the sets known here.

    ``first`` is the codec with which each segment begins; ``jis_x0201`` is one of ours.
    """
    parts = _SEQUENCE.split(_written(escape).sub(_as_bytes, raw))
    if len(parts) > _MAX_SWITCHES:
        return None
    g0, g1 = "ascii", first
    texts: list[str] = []
    try:
        for number, part in enumerate(parts):
            if number % 2 == 0:
                texts.append(_decode(part, g0, g1))
            elif part in {b"\r", b"\n"}:
                texts.append(part.decode("ascii"))
                g0, g1 = "ascii", first
            elif part[1:] in _G0:
                g0 = _G0[part[1:]]
            else:
                g1 = _G1[part[1:]]
    except (UnicodeDecodeError, KeyError):
        return None
    return "".join(texts)


def _decode(part: bytes, g0: str, g1: str) -> str:
    if b"\x1b" in part:
        raise UnicodeDecodeError(g0, part, 0, len(part), "half an escape sequence")
    match g0:
        case "jis_x0208":
            return (b"\x1b$B" + part + b"\x1b(B").decode("iso2022_jp")
        case "jis_x0212":
            return (b"\x1b$(D" + part + b"\x1b(B").decode("iso2022_jp_2")
        case "katakana":
            return _katakana(bytes(byte | 0x80 for byte in part))
    return _katakana(part) if g1 == "jis_x0201" else part.decode(g1)


def _katakana(part: bytes) -> str:
    if any(byte > _LAST_ASCII and byte not in _KATAKANA for byte in part):
        raise UnicodeDecodeError("jis_x0201", part, 0, len(part), "not in this set")
    return part.decode("shift_jis")  # of which JIS X 0201 is the part with single bytes


def _written(escape: str) -> re.Pattern[bytes]:
    mark = re.escape(escape.encode())
    return re.compile(mark + rb"(?:C([0-9A-Fa-f]{4})|M([0-9A-Fa-f]{4}(?:[0-9A-Fa-f]{2})?))" + mark)


def _as_bytes(found: re.Match[bytes]) -> bytes:
    return b"\x1b" + bytes.fromhex((found[1] or found[2]).decode())
