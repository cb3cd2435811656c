"""
Packing what statements and exams hold: zlib (RFC 1950) with a preset dictionary.

What one report states repeats little of itself and much of what every report states: names of fields, codes, units.
With a dictionary of these a content needs about half of the bytes, and no more time. The stream names its dictionary
by its Adler-32 (RFC 1950, 2.2, DICTID), so that what was packed by another, or without one, stays readable. A
dictionary that was ever released is never changed nor removed; see ``scripts/packing_dictionary.py``.
"""

import zlib
from functools import cache
from importlib.resources import files

_OF_CT, _OF_OTHERS = "ct-1.txt", "other-1.txt"
# How a statement of CT begins, and what an exam of CT holds. By the wrong dictionary a content is larger, no more.
_STATEMENT_OF_CT, _WITHIN_EXAM_OF_CT = b'{"shape":"ct"', b'"ct":{'
_HAS_DICTIONARY = 0x20  # RFC 1950, 2.2: FDICT, in the second byte
_DICTID = slice(2, 6)  # RFC 1950, 2.2: most significant byte first


def pack(plain: bytes) -> bytes:
    """Return JSON as a column keeps it: as few bytes as it needs, read as a whole."""
    is_ct = plain.startswith(_STATEMENT_OF_CT) or _WITHIN_EXAM_OF_CT in plain
    packer = _packer(_OF_CT if is_ct else _OF_OTHERS).copy()
    return packer.compress(plain) + packer.flush()


def unpack(packed: bytes) -> bytes:
    """
    Return what was packed.

    Raises:
        KeyError: a later release packed it, with a dictionary that this one does not know.
        zlib.error: it is damaged, or cut short.
    """
    if not packed[1] & _HAS_DICTIONARY:
        return zlib.decompress(packed)
    unpacker = zlib.decompressobj(zdict=_by_number()[int.from_bytes(packed[_DICTID])])
    plain = unpacker.decompress(packed)
    if not unpacker.eof:
        raise zlib.error("the packed content is cut short")
    return plain


@cache
def _packer(name: str) -> "zlib._Compress":
    """Return a packer that has taken its dictionary in; each content gets a copy, which is cheaper than another."""
    return zlib.compressobj(zdict=_dictionaries()[name])


@cache
def _dictionaries() -> dict[str, bytes]:
    folder = files("db") / "dictionaries"
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name.endswith(".txt")}


@cache
def _by_number() -> dict[int, bytes]:
    return {zlib.adler32(words): words for words in _dictionaries().values()}
