"""
Whether a patient stands for somebody whose identity is not known yet: "Motorbike, accident 18:10".

Source: HL7 v2.5.1, 3.4.2.31 (PID-31, Identity Unknown Indicator) and 3.4.2.32 with table 0445 (PID-32); the words are
ours, of what emergency departments write in German and English; a site adds its own as patterns.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fnmatch import translate
from itertools import pairwise

from dose_core.errors import DoseError
from dose_core.identity.name_words import plain_words
from dose_core.identity.word_lists import words

NAME_IS_ALIAS, BIRTH_DATE_IS_DEFAULT = "AL", "UD"  # HL7 table 0445
# Day one of many systems' calendars, and what is typed where a field must be filled; nobody alive was born before.
DEFAULT_BIRTH_DATE = date(1900, 1, 1)

# One of these is enough.
_NOBODY = words("""
    unknown unidentified unnamed unbekannt unbekannte unbekannter unbek namenlos anonym anonymous anonymized anonymised
    anonymisiert anon noname nn notfall notfallpatient notfallpatientin emergency trauma polytrauma schockraum
    traumaraum     reanimation inconnu okand okaend
""")
_NOBODY_TOGETHER = (("john", "doe"), ("jane", "doe"), ("no", "name"), ("n", "n"), ("ohne", "namen"), ("kein", "name"))
# These are words, trades and family names as well: they count beside a time, a number, or a birth date that is none.
_EVENT = words("""
    motorbike motorcycle bicycle bike car truck bus train accident crash fall stabbing shooting collapse ambulance
    helicopter motorrad fahrrad auto pkw lkw zug unfall verkehrsunfall vu sturz brand explosion hubschrauber rtw nef
    male female mann frau maennlich weiblich person patient patientin mci manv
""")
# Words by which an archive or a test says that this is no name; they name nobody, and no emergency either.
_NO_NAME = words("test dummy none null na nil leer empty removed deleted xxx xx")
_HAS_TIME_OR_NUMBER = re.compile(r"\d")


class UnusablePatternError(DoseError):
    """A pattern names no letter, so that it would take everybody for a placeholder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceholderRules:
    """
    The site's own patterns of placeholders' names: ``*`` any text, ``?`` one character, ``[ab]`` one of several.

    The whole name must fit, with its components parted by ``^`` or by blanks; case does not matter.

    Raises:
        UnusablePatternError: a pattern has no letter.
    """

    names: tuple[str, ...] = ()
    _compiled: tuple[tuple[str, re.Pattern[str]], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for pattern in self.names:
            if not any(sign.isalpha() for sign in pattern):
                msg = f"the pattern {pattern!r} has no letter, and would fit everybody"
                raise UnusablePatternError(msg)
        compiled = tuple((one, re.compile(translate(one.casefold().strip()))) for one in self.names)
        object.__setattr__(self, "_compiled", compiled)

    def fitting(self, name: str) -> str | None:
        """Return the first pattern that a name fits, ``None`` if there is none."""
        forms = [name.casefold().strip(), " ".join(name.casefold().replace("^", " ").split())]
        return next((text for text, one in self._compiled if any(map(one.match, forms))), None)


NO_RULES = PlaceholderRules()


def why_placeholder(
    name: str | None,
    birth_date: date | None,
    *,
    identity_unknown: bool | None = None,
    reliability: Iterable[str] = (),
    rules: PlaceholderRules = NO_RULES,
) -> str | None:
    """
    Return the rule by which a patient is a placeholder, ``None`` if none fits; the text holds no patient data.

    Args:
        name: DICOM PN.
        birth_date: the day.
        identity_unknown: PID-31; ``False`` does not outweigh a name, since many systems always send N.
        reliability: PID-32.
        rules: the site's own patterns.
    """
    if identity_unknown:
        return "the identity is stated to be unknown (PID-31)"
    if {NAME_IS_ALIAS, BIRTH_DATE_IS_DEFAULT} <= set(reliability):
        return "name and birth date are stated to be stand-ins (PID-32)"
    return _why_by_name(name, birth_date, rules) if name else None


def names_nobody(name: str, rules: PlaceholderRules = NO_RULES) -> bool:
    """Tell if a name cannot tell one person from another: empty, anonymised, of a test or a placeholder."""
    named = plain_words(name)
    return not named or not _NO_NAME.isdisjoint(named) or _why_by_name(name, None, rules) is not None


def _why_by_name(name: str, birth_date: date | None, rules: PlaceholderRules) -> str | None:
    pattern = rules.fitting(name)
    if pattern is not None:
        return f"the name fits the site's pattern {pattern!r}"
    named = plain_words(name)
    if not _NOBODY.isdisjoint(named) or any(_stand_together(named, pair) for pair in _NOBODY_TOGETHER):
        return "the name says that the person is not known"
    if not _EVENT.isdisjoint(named):
        if _HAS_TIME_OR_NUMBER.search(name):
            return "the name tells of an emergency, with a time or a number"
        if birth_date is not None and birth_date <= DEFAULT_BIRTH_DATE:
            return "the name tells of an emergency, and the birth date is none"
    return None


def _stand_together(named: tuple[str, ...], pair: tuple[str, str]) -> bool:
    return any(sorted(two) == sorted(pair) for two in pairwise(named))
