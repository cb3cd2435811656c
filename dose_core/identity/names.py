"""
When two names are surely of two people: only if they share nothing that can be compared.

A name that is held against another wrongly costs a look at the desk; two people under one identifier that are taken for
one cost a wrong dose. Yet people marry, spellings change and fields are cut off, so that one word in common is enough.
"""

from difflib import SequenceMatcher

from dose_core.identity.name_words import Script, words_of

# At these lengths systems cut names off: VR SH and LO (PS3.5, 6.2), and a group of PN.
_CUT_AT = frozenset({16, 64})
# Ours: two letters of ten may differ, as of a typing error or of two transcriptions; short words are told apart whole.
_ALIKE_RATIO = 0.8
_LEAST_LETTERS = 4
# Of these scripts a word is not parted from the next by a blank, so that a part may stand for the whole.
_UNPARTED = frozenset({Script.HAN, Script.KANA, Script.HANGUL, Script.THAI})


def surely_differ(one: str, other: str) -> bool:
    """
    Tell if two names (DICOM PN) share no word, initial or cut-off beginning in any script that both are written in.

    Names without a common script, and names that state no word, differ not: they cannot be compared.
    """
    if one == other:
        return False
    ours, theirs = words_of(one), words_of(other)
    common = ours.keys() & theirs.keys()
    may_be_cut = any(_is_cut(name) for name in (one, other))
    return bool(common) and not any(
        _is_same(mine, yours, script, may_be_cut=may_be_cut)
        for script in common
        for mine in ours[script]
        for yours in theirs[script]
    )


def _is_same(one: str, other: str, script: Script, *, may_be_cut: bool) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if script in _UNPARTED:
        return short in long
    if len(short) == 1 or may_be_cut:
        return long.startswith(short)
    return len(short) >= _LEAST_LETTERS and SequenceMatcher(None, one, other).ratio() >= _ALIKE_RATIO


def _is_cut(name: str) -> bool:
    return any(len(group) in _CUT_AT for group in name.split("="))
