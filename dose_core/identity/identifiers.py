"""Identifiers that name nobody."""

import re

from dose_core.identity.word_lists import words

# What devices and people write where an identifier must be and none is known; ours.
_DUMMY = words("""
    anonymous anonym anon anonymized anonymised anonymisiert unknown unbekannt none no na n/a nil null test dummy
    patient temp xxx noid nopid notfall trauma emergency
""")
_FILLED_IN = re.compile(r"([09x?*._-])\1*\Z")


def is_dummy(identifier: str) -> bool:
    """Tell if an identifier names nobody: a word of that meaning, numbered or not, or a field filled in, as ``000``."""
    plain = identifier.strip().casefold()
    return not plain or _FILLED_IN.match(plain) is not None or re.sub(r"[\d\s._-]+\Z", "", plain) in _DUMMY
