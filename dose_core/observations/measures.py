"""
A number with its unit, as stated, in the unit of its kind, if it can be of a person.

Source: UCUM, table 3 (``[lb_av]``, ``[oz_av]``, ``[in_i]``, ``[ft_i]``); NIST SP 811 (2008), appendix B.8: the
international pound is 0.453 592 37 kg and the inch 2.54 cm, both exactly.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from dose_core.observations.values import Observed

UNIT_OF = MappingProxyType({Observed.BODY_WEIGHT: "kg", Observed.BODY_HEIGHT: "cm", Observed.HEAD_CIRCUMFERENCE: "cm"})
_MASS_KG = {
    "1": ("kg", "kilogram", "kilograms", "kilogramm", "kgs"),
    "0.001": ("g", "gm", "gram", "grams", "gramm", "gr"),
    "0.45359237": ("[lb_av]", "lb", "lbs", "pound", "pounds", "lb_av"),
    "0.028349523125": ("[oz_av]", "oz", "ounce", "ounces", "oz_av"),
}
_LENGTH_CM = {
    "1": ("cm", "centimeter", "centimeters", "centimetre", "zentimeter"),
    "100": ("m", "meter", "metre", "mtr"),
    "0.1": ("mm", "millimeter", "millimetre"),
    "2.54": ("[in_i]", "in", "inch", "inches", "in_i", '"'),
    "30.48": ("[ft_i]", "ft", "foot", "feet", "ft_i", "'"),
}
_LENGTH = {spelling: Decimal(factor) for factor, names in _LENGTH_CM.items() for spelling in names}
_FACTORS = MappingProxyType(
    {
        Observed.BODY_WEIGHT: {spelling: Decimal(factor) for factor, names in _MASS_KG.items() for spelling in names},
        Observed.BODY_HEIGHT: _LENGTH,
        Observed.HEAD_CIRCUMFERENCE: _LENGTH,
    }
)
# Highest: the heaviest person on record weighed 635 kg, the tallest had 272 cm; the readers of DICOM take the same.
# Lowest: the smallest newborn that lived had 212 g and 24 cm (2020). Of the head ours: half and twice what growth
# charts hold (Fenton 2013: 18 cm at 22 weeks; WHO 2007 and adults: up to 65 cm).
_BOUNDS = MappingProxyType(
    {
        Observed.BODY_WEIGHT: (Decimal("0.2"), Decimal(700)),
        Observed.BODY_HEIGHT: (Decimal(20), Decimal(300)),
        Observed.HEAD_CIRCUMFERENCE: (Decimal(9), Decimal(130)),
    }
)
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measure in the unit of its kind, or why it is none; the reason holds no patient data."""

    value: float | None
    reason: str | None = None


def measured(observed: Observed, number: str, unit: str) -> Measured:
    """Return a stated number in kg or cm; a unit is never guessed."""
    if not _NUMBER.match(number.strip()):
        return Measured(value=None, reason="it is no number")
    factor = _FACTORS[observed].get(unit.strip().casefold())
    if factor is None:
        reason = "its unit is not known here" if unit.strip() else "no unit is stated"
        return Measured(value=None, reason=reason)
    try:
        value = Decimal(number.strip().replace(",", ".")) * factor
    except InvalidOperation:
        return Measured(value=None, reason="it is no number")
    low, high = _BOUNDS[observed]
    if not low <= value <= high:
        return Measured(value=None, reason=f"it is not between {low} and {high} {UNIT_OF[observed]}")
    return Measured(value=round(float(value), 6))
