"""
A name as a set of words that can be compared: folded, without titles, one set for each script.

Source: PS3.5, 6.2.1 (PN: groups parted by ``=``, components by ``^``); Unicode Standard Annex 15 (NFKC, NFKD);
ICAO Doc 9303, part 3, section 6 (transliteration of national characters: AE, OE, UE, AA, SS, TH).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum

from dose_core.identity.word_lists import words

# Letters that NFKD leaves whole, written as ICAO Doc 9303 has them.
_LETTERS = str.maketrans(
    {"ø": "oe", "œ": "oe", "æ": "ae", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "ŋ": "n"}
)
# One spelling for what is written in several: ä and ae, the letters that are heard alike, h that only lengthens.
_ALIKE = (
    (re.compile("ae|oe|ue|aa"), lambda found: found[0][0]),
    (re.compile("ph"), lambda _: "f"),
    (re.compile("[tdr]h"), lambda found: found[0][0]),
    (re.compile("ck|c|q"), lambda _: "k"),
    (re.compile("[yj]"), lambda _: "i"),
    (re.compile("w"), lambda _: "v"),
    (re.compile(r"(.)\1+"), lambda found: found[1]),
)
# Beside a person's names; and words that stand before so many names that they tell nobody from another.
_TITLES = words("""
    dr drs prof professor med medic mag dipl ing phd msc bsc mba md rn pd priv doz herr frau hr fr fru herrn mr mrs ms
    miss mme mlle monsieur madame sir dame sig sra sr jr senior junior baron graf freiherr geb geborene nee
    von van vom de da del della di du dos das la le les der den zu zur zum af av al el ibn bin bint bt san
""")
_ARABIC_ARTICLE = "\u0627\u0644"  # alef lam
# Alef maksura and yeh, teh marbuta and heh, alef wasla and alef; the tatweel only lengthens.
_ARABIC_ALIKE = str.maketrans({"\u0649": "\u064a", "\u0629": "\u0647", "\u0671": "\u0627", "\u0640": ""})
_HIRAGANA_OF = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}  # katakana and hiragana stand 96 apart


class Script(StrEnum):
    """In what a word is written. Words of two scripts are never compared."""

    LATIN = "LATIN"
    CYRILLIC = "CYRILLIC"
    GREEK = "GREEK"
    ARABIC = "ARABIC"
    HEBREW = "HEBREW"
    HAN = "CJK"
    KANA = "HIRAGANA"
    HANGUL = "HANGUL"
    THAI = "THAI"
    OTHER = "OTHER"


_SCRIPTS = {one.value: one for one in Script}


def words_of(name: str) -> dict[Script, frozenset[str]]:
    """
    Return the words of a name by script, folded; empty if it states none.

    Case, diacritics, titles and the order of components are gone, ``ä`` and ``ae`` are one, and what a hyphen or a
    blank parts stands there in parts and as a whole. Digits are no part of a name.
    """
    found: dict[Script, set[str]] = defaultdict(set)
    for component in _components(name):
        parts = list(_parts(component))
        kept = [part for part in parts if part not in _TITLES] or parts
        whole = "".join(kept)
        for word in (*kept, *([whole] if len(kept) > 1 else [])):
            script = _script_of(word)
            found[script].add(_alike(word) if script is Script.LATIN else word)
    return {script: frozenset(words) for script, words in found.items()}


def plain_words(name: str) -> tuple[str, ...]:
    """Return the words of a name in order, in lower case without diacritics, prefix and suffix among them."""
    groups = re.split(r"[=^|]", name)
    return tuple(word for group in groups for word in _parts(group))


def _components(name: str) -> Iterator[str]:
    """Yield family, given and middle name of each group; prefix and suffix are no names (PS3.5, 6.2.1.1)."""
    for group in re.split(r"[=|]", name):
        yield from group.split("^")[:3]


def _parts(component: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFKC", component).translate(_HIRAGANA_OF).casefold().translate(_LETTERS)
    if "HANGUL" in unicodedata.name(folded.strip()[:1] or " ", ""):
        letters = folded  # its syllables would fall apart
    else:
        marked = re.sub("([aou])\u0308", r"\1e", unicodedata.normalize("NFD", folded))
        marked = re.sub("a\u030a", "aa", marked)
        letters = "".join(sign for sign in unicodedata.normalize("NFKD", marked) if not unicodedata.combining(sign))
    for word in re.findall(r"[^\W\d_]+", letters.translate(_ARABIC_ALIKE)):
        is_long = len(word) > len(_ARABIC_ARTICLE) + 1
        yield word.removeprefix(_ARABIC_ARTICLE) if is_long else word


def _script_of(word: str) -> Script:
    return _SCRIPTS.get(unicodedata.name(word[0], "OTHER").split()[0], Script.OTHER)


def _alike(word: str) -> str:
    for pattern, spelling in _ALIKE:
        word = pattern.sub(spelling, word)
    return word
