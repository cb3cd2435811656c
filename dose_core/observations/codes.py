"""
Which code says what was observed, and which answer says what of a pregnancy.

Source: LOINC 29463-7, 3141-9, 3142-7 (body weight, measured, stated), 8302-2, 3137-7, 3138-5 (body height, measured,
stated), 8287-5 (head circumference), 82810-3 and 11449-6 (pregnancy status, its answers in list LL4129-4); SNOMED CT
77386006, 60001007; HL7 v2.5.1, table 0136 (yes, no) and table 0009 (B6, pregnant).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from dose_core.errors import DoseError
from dose_core.observations.values import Observed, Pregnancy

AMBULATORY_STATUS_PREGNANT = "B6"  # PV1-15, table 0009

_LOINC_SYSTEMS = frozenset({"", "LN", "LOINC", "LNC"})  # table 0396 has LN; the others are common
_LOINC = MappingProxyType(
    {
        "29463-7": Observed.BODY_WEIGHT,
        "3141-9": Observed.BODY_WEIGHT,
        "3142-7": Observed.BODY_WEIGHT,
        "8302-2": Observed.BODY_HEIGHT,
        "3137-7": Observed.BODY_HEIGHT,
        "3138-5": Observed.BODY_HEIGHT,
        "8287-5": Observed.HEAD_CIRCUMFERENCE,
        "82810-3": Observed.PREGNANCY,
        "11449-6": Observed.PREGNANCY,
    }
)
_ANSWERS = MappingProxyType(
    {
        "la15173-0": Pregnancy.PREGNANT,
        "la26683-5": Pregnancy.NOT_PREGNANT,
        "la4489-6": Pregnancy.UNKNOWN,
        "77386006": Pregnancy.PREGNANT,
        "60001007": Pregnancy.NOT_PREGNANT,
        "b6": Pregnancy.PREGNANT,
        "y": Pregnancy.PREGNANT,
        "n": Pregnancy.NOT_PREGNANT,
        "u": Pregnancy.UNKNOWN,
        "yes": Pregnancy.PREGNANT,
        "no": Pregnancy.NOT_PREGNANT,
        "ja": Pregnancy.PREGNANT,
        "nein": Pregnancy.NOT_PREGNANT,
        "pregnant": Pregnancy.PREGNANT,
        "not pregnant": Pregnancy.NOT_PREGNANT,
        "schwanger": Pregnancy.PREGNANT,
        "nicht schwanger": Pregnancy.NOT_PREGNANT,
        "unknown": Pregnancy.UNKNOWN,
        "unbekannt": Pregnancy.UNKNOWN,
    }
)


class UnusableCodeError(DoseError):
    """A local code of the site is not written CODE=WHAT or CODE^SYSTEM=WHAT, or names what is not observed here."""


def _local(text: str) -> tuple[str, Observed]:
    code, _, what = (part.strip() for part in text.rpartition("="))
    if not code or what not in set(Observed):
        msg = f"{text!r} is not CODE=WHAT or CODE^SYSTEM=WHAT, where WHAT is one of {', '.join(Observed)}"
        raise UnusableCodeError(msg)
    return code, Observed(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCodes:
    """
    The site's own codes, each as ``WT=body_weight`` or, with its coding system, as ``WT^99HIS=body_weight``.

    Raises:
        UnusableCodeError: one is not written so.
    """

    stated: tuple[str, ...] = ()
    _meanings: Mapping[str, Observed] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_meanings", dict(map(_local, self.stated)))

    def meaning(self, code: str, system: str) -> Observed | None:
        """Return what a code says was observed, ``None`` if it is none of the site's."""
        return self._meanings.get(f"{code}^{system}") or self._meanings.get(code)


NO_LOCAL_CODES = LocalCodes()


def observed_by(code: str, system: str, local: LocalCodes = NO_LOCAL_CODES) -> Observed | None:
    """Return what a code (OBX-3) says was observed, ``None`` for what is not used here; the site's own codes first."""
    own = local.meaning(code, system)
    return own or (_LOINC.get(code) if system.upper() in _LOINC_SYSTEMS else None)


def pregnancy_of(answers: tuple[str, ...]) -> Pregnancy | None:
    """Return what an answer says, given as code and text; ``None`` if neither is known."""
    return next((known for one in answers if (known := _ANSWERS.get(one.strip().casefold()))), None)
