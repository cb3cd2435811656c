"""
Elements of a data set as they stand.

pydicom's own conversion is gone round: it warns of values that it finds odd, and quotes them.
"""

from pydicom.charset import convert_encodings, decode_bytes, python_encoding
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

_SEQUENCE_VRS = frozenset({"SQ", "UN", None})  # None: implicit VR, where the dictionary says it


def bytes_of(dataset: Dataset, keyword: str) -> bytes:
    """Return the value of an element, empty if there is none."""
    tag = tag_for_keyword(keyword)
    if tag is None or tag not in dataset:
        return b""
    value = dataset.get_item(tag).value
    if isinstance(value, bytes):
        return value
    return str(value).encode("ascii", "replace") if value else b""


def ascii_of(dataset: Dataset, keyword: str) -> str | None:
    """Return a value that knows no character set (codes, UIDs, dates, numbers); ``None`` if empty or not in ASCII."""
    stated = bytes_of(dataset, keyword)
    return stated.decode("ascii").strip(" \0") or None if stated.isascii() else None


def text_of(dataset: Dataset, keyword: str, terms: list[str]) -> str | None:
    """Return a text in the character sets ``terms``; ``None`` if empty, or if they do not explain it."""
    stated = bytes_of(dataset, keyword)
    if stated.isascii() and b"\x1b" not in stated:
        return stated.decode("ascii").strip(" \0") or None
    if not terms or any(term not in python_encoding for term in terms):
        return None
    try:
        encodings = convert_encodings(terms)
        text = decode_bytes(stated, encodings, set()) if b"\x1b" in stated else stated.decode(encodings[0])
    except (UnicodeError, LookupError):
        return None
    return text.strip(" \0") or None


def terms_of(dataset: Dataset) -> list[str]:
    """Return the Specific Character Set (0008,0005) of a data set."""
    stated = dataset.get("SpecificCharacterSet") or []
    return [stated] if isinstance(stated, str) else [str(term) for term in stated]


def items_of(dataset: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence; none if it is absent, empty, or no sequence."""
    tag = tag_for_keyword(keyword)
    if tag is None or tag not in dataset or dataset.get_item(tag).VR not in _SEQUENCE_VRS:
        return []
    element = dataset[tag]
    return list(element.value) if element.VR == "SQ" and element.value else []
