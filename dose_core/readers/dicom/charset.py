"""
Decode text by Specific Character Set (0008,0005).

Source: PS3.3, C.12.1.1.2; PS3.5, 6.1. Code extensions (ISO 2022) are pydicom's work, a single
set is decoded here, so that undecodable bytes are counted instead of hidden.
"""

from pydicom.charset import CODES_TO_ENCODINGS, convert_encodings, decode_bytes, python_encoding

_LAST_ASCII = 0x7F
_ESCAPE = b"\x1b"
_ESCAPE_SIGN = "\x1b"
# Each change of character set costs a call. A name has some ten, a comment in Japanese a few hundred.
_MAX_ESCAPES = 2000
# pydicom maps the default repertoire to Latin-1; ISO-IR 6 has no characters above 0x7F.
_ASCII_TERMS = ("", "ISO_IR 6", "ISO 2022 IR 6")
# Characters which end a code extension (PS3.5, 6.1.2.5.3), here for all text VRs.
_DELIMITERS = {0x5C, 0x5E, 0x3D, 0x0A, 0x0C, 0x0D, 0x09}


def is_known(term: str) -> bool:
    """Test if the character set is one of PS3.3, C.12.1.1.2."""
    return term in python_encoding


def is_default(terms: tuple[str, ...]) -> bool:
    """Test if the values of (0008,0005) name the default repertoire, which is ASCII, or nothing known."""
    return next((term for term in terms if is_known(term)), "") in _ASCII_TERMS


def decode(raw: bytes, terms: tuple[str, ...]) -> tuple[str, int]:
    """
    Return the text, and how many characters of it are not in the stated character set.

    ``terms`` are the values of (0008,0005); an unknown one counts as the default repertoire. Bytes that
    the default repertoire does not have are kept as Latin-1, the usual slip of devices, and counted;
    those that another set does not have become U+FFFD, and are counted.
    """
    if raw.isascii() and _ESCAPE not in raw:
        return raw.decode("ascii"), 0
    known = [term for term in terms if is_known(term)] or [""]
    if raw.count(_ESCAPE) > _MAX_ESCAPES:
        text = raw.decode("ascii", errors="replace").replace("\x1b", "\ufffd")
    elif _ESCAPE in raw:
        text = _decode_extended(raw, known)
    elif known[0] in _ASCII_TERMS:
        return raw.decode("latin-1"), sum(byte > _LAST_ASCII for byte in raw)
    else:
        text = raw.decode(python_encoding[known[0]], errors="replace")
    return text, text.count("\ufffd")


def _decode_extended(raw: bytes, terms: list[str]) -> str:
    # pydicom warns through the process-wide warnings filter on what it cannot decode, which a program
    # may have turned into errors; both ways end in the same count of replaced characters.
    try:
        encodings = convert_encodings(terms)
        text = decode_bytes(raw, encodings, _DELIMITERS)
    except (UnicodeError, LookupError, UserWarning):
        text, encodings = raw.decode("ascii", errors="replace"), []
    if _ESCAPE_SIGN not in text:
        return text
    # pydicom leaves the escape sequence of ISO 2022 IR 58 (Chinese) in the text, and any that it does not know.
    for sequence, encoding in CODES_TO_ENCODINGS.items():
        if encoding in encodings:
            text = text.replace(sequence.decode("ascii"), "")
    return text.replace(_ESCAPE_SIGN, "\ufffd")
