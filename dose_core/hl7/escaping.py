"""
Text that becomes part of a message of ours, whatever stands in it.

A field that a device or a person filled may hold a separator, the end of a segment, or the end of a block. Separators
are escaped; what controls anything becomes a blank, since no field of ours has lines. So no value can add a segment, a
field, a component or a repetition, and a value of two quotation marks cannot mean "delete".

Source: HL7 v2.5.1, 2.5.3 (separators and the null value) and 2.7.1 (escape sequences).
"""

import unicodedata

FIELD, COMPONENT, REPETITION, ESCAPE, SUBCOMPONENT = "|", "^", "~", "\\", "&"
ENCODING_CHARACTERS = COMPONENT + REPETITION + ESCAPE + SUBCOMPONENT  # MSH-2
SEGMENT_END = "\r"

_NULL = '""'
_LETTERS = {FIELD: "F", COMPONENT: "S", REPETITION: "R", ESCAPE: "E", SUBCOMPONENT: "T"}
_ESCAPED = str.maketrans({mark: f"{ESCAPE}{letter}{ESCAPE}" for mark, letter in _LETTERS.items()})
# Control characters, and what some receivers take for the end of a line; a lone surrogate is in no character set.
_BLANKED = frozenset(("Cc", "Zl", "Zp"))
_NO_CHARACTER = "Cs"


def plain(text: str) -> str:
    """Return the text in one line that every receiver can decode, without blanks around it."""
    return "".join(map(_shown, text)).strip()


def escaped(text: str | None) -> str:
    """Return what stands in a message for a text; nothing for one that is not stated."""
    line = plain(text or "")
    return "" if line == _NULL else line.translate(_ESCAPED)


def components(*parts: str | None) -> str:
    """Return the parts of one field, escaped each, without empty ones at the end."""
    return COMPONENT.join(map(escaped, parts)).rstrip(COMPONENT)


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in _BLANKED:
        return " "
    return "\ufffd" if category == _NO_CHARACTER else character
