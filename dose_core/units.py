"""
One unit per quantity: UCUM codes and vendor spellings to the unit that the field names carry.

Source of the units: PS3.16, TID 10002 to 10024 (UCUM codes, CID 82); of the other spellings:
reports of real devices and editions of PS3.16 before the UCUM codes were settled (about 2013).
A spelling that is not in the table is refused, never guessed.
"""

from decimal import Decimal
from functools import lru_cache

from dose_core.errors import DoseError

MGY = "mGy"
MGY_CM = "mGy.cm"
GY_CM2 = "Gy.cm2"
MSV = "mSv"
MBQ = "MBq"
ML = "mL"
MM = "mm"
CM = "cm"
CM2 = "cm2"
KG = "kg"
S = "s"
MS = "ms"
KV = "kV"
MA = "mA"
MAS = "mA.s"
DEG = "deg"
PER_S = "/s"
RATIO = "{ratio}"
COUNT = "1"
NEWTON = "N"
KPA = "kPa"
PERCENT = "%"

_NO_DIMENSION = (
    "1",
    "{ratio}",
    "ratio",
    "{events}",
    "events",
    "{pulses}",
    "pulses",
    "{frames}",
    "frames",
    "{X-Ray sources}",
    "{X-ray sources}",
    "X-Ray sources",
    "X-ray sources",
    "no units",
)

# unit of ours -> spelling -> factor. Prefixes are SI; products of spellings are written with a dot
# after _plain(). 1 mGy.cm = 1e-5 Gy.m; 1 Gy.cm2 = 1e-4 Gy.m2 = 10 dGy.cm2 (see PS3.3, C.8.7.8 for dGy.cm2).
_FACTORS: dict[str, dict[str, str]] = {
    MGY: {"mGy": "1", "Gy": "1000", "cGy": "10", "dGy": "100", "uGy": "0.001", "nGy": "0.000001"},
    MGY_CM: {
        "mGy.cm": "1",
        "mGycm": "1",
        "Gy.cm": "1000",
        "Gycm": "1000",
        "cGy.cm": "10",
        "dGy.cm": "100",
        "uGy.cm": "0.001",
        "mGy.m": "100",
        "uGy.m": "0.1",
        "Gy.m": "100000",
        "mGy.mm": "0.1",
    },
    GY_CM2: {
        "Gy.cm2": "1",
        "Gycm2": "1",
        "Gy.m2": "10000",
        "Gym2": "10000",
        "dGy.cm2": "0.1",
        "dGycm2": "0.1",
        "cGy.cm2": "0.01",
        "cGycm2": "0.01",
        "mGy.cm2": "0.001",
        "mGycm2": "0.001",
        "uGy.cm2": "0.000001",
        "mGy.m2": "10",
        "uGy.m2": "0.01",
        "uGym2": "0.01",
    },
    MSV: {"mSv": "1", "Sv": "1000", "uSv": "0.001"},
    MBQ: {"MBq": "1", "Bq": "0.000001", "kBq": "0.001", "GBq": "1000", "mCi": "37", "uCi": "0.037", "Ci": "37000"},
    ML: {"mL": "1", "ml": "1", "cm3": "1", "cc": "1", "uL": "0.001", "L": "1000", "l": "1000"},
    MM: {"mm": "1", "cm": "10", "m": "1000", "um": "0.001", "dm": "100"},
    CM: {"cm": "1", "mm": "0.1", "m": "100"},
    CM2: {"cm2": "1", "m2": "10000", "mm2": "0.01"},
    KG: {"kg": "1", "g": "0.001"},
    S: {"s": "1", "sec": "1", "ms": "0.001", "us": "0.000001", "min": "60", "h": "3600"},
    MS: {"ms": "1", "s": "1000", "sec": "1000", "us": "0.001"},
    KV: {"kV": "1", "kVp": "1", "V": "0.001"},
    MA: {"mA": "1", "A": "1000", "uA": "0.001"},
    MAS: {"mA.s": "1", "mAs": "1", "uA.s": "0.001", "uAs": "0.001", "A.s": "1000", "C": "1000"},
    DEG: dict.fromkeys(
        ("deg", "\u00b0", "\u00ba"), "1"
    ),  # some devices write the sign, or the ordinal that looks like it
    PER_S: dict.fromkeys(("/s", "1/s", "{pulse}/s", "{pulses}/s", "pulse/s", "pulses/s", "{frame}/s", "Hz"), "1"),
    RATIO: dict.fromkeys(_NO_DIMENSION, "1") | {"%": "0.01"},
    COUNT: dict.fromkeys(_NO_DIMENSION, "1"),
    NEWTON: {"N": "1", "newton": "1", "Newton": "1", "daN": "10", "mN": "0.001", "kN": "1000"},
    KPA: {"kPa": "1", "Pa": "0.001", "hPa": "0.1"},
    PERCENT: {"%": "1"},
}

# How the name of a field carries its unit; longer endings first, since "_mgy_cm" ends like "_cm".
_UNIT_OF_ENDING = {
    "_gy_cm2": GY_CM2,
    "_mgy_cm": MGY_CM,
    "_per_s": PER_S,
    "_mm_al": MM,
    "_percent": PERCENT,
    "_kpa": KPA,
    "_mgy": MGY,
    "_msv": MSV,
    "_mbq": MBQ,
    "_cm2": CM2,
    "_deg": DEG,
    "_mas": MAS,
    "_mm": MM,
    "_cm": CM,
    "_kg": KG,
    "_ml": ML,
    "_ms": MS,
    "_kv": KV,
    "_ma": MA,
    "_n": NEWTON,
    "_s": S,
}
_NOT_OF_THE_UNIT = ("_per_pulse", "_mean", "_max", "_min")  # what may follow it: "ma_max", "kv_per_pulse"

# Micro has two code points (U+00B5, U+03BC); products and squares are typed in several ways.
_PLAIN = str.maketrans({"µ": "u", "μ": "u", "·": ".", "⋅": ".", "*": ".", "\u00d7": ".", "²": "2", "^": None})


_ONE = Decimal(1)


class UnknownUnitError(DoseError):
    """There is no conversion between the two units; the value must not be used."""


def convert(value: float, *, from_: str, to: str) -> float:
    """
    Return ``value``, stated in the unit ``from_``, in the unit ``to`` (one of this module's).

    The factor is applied in decimal, so that 0.0746 mGy.m is 7.46 mGy.cm to the last digit.

    Raises:
        UnknownUnitError: the spelling is not known for this quantity.
    """
    factor = _factor(from_, to)
    if factor is None:
        # VR SH has 16 characters (PS3.5, 6.2); what is longer is no unit, and may name a patient.
        msg = f"no conversion from {from_[:16]!r} to {to!r}"
        raise UnknownUnitError(msg)
    if factor is _ONE:
        return float(value)
    return float(Decimal(repr(float(value))) * factor)


def unit_of(name: str) -> str | None:
    """Return the unit that the name of a field carries, such as ``mGy.cm`` of ``dlp_mgy_cm``; ``None`` for a count."""
    plain = next((name.removesuffix(end) for end in _NOT_OF_THE_UNIT if name.endswith(end)), name)
    return next((unit for end, unit in _UNIT_OF_ENDING.items() if f"_{plain}".endswith(end)), None)


def factor(*, from_: str, to: str) -> Decimal | None:
    """Return by what ``convert`` multiplies; ``None`` if it knows no conversion."""
    return _factor(from_, to)


# A report repeats a dozen spellings by the thousand; a hostile one may hold any number of them.
@lru_cache(maxsize=1024)
def _factor(from_: str, to: str) -> Decimal | None:
    factor = _FACTORS.get(to, {}).get(_plain(from_))
    if factor is None:
        return None
    return _ONE if factor == "1" else Decimal(factor)


def _plain(spelling: str) -> str:
    stripped = spelling.strip()
    if stripped in _NO_DIMENSION:
        return stripped
    return stripped.translate(_PLAIN).replace(" ", "")
