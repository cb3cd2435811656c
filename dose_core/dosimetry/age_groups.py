"""The groups of age by which published dose coefficients are tabulated."""

from math import isfinite

# First and last completed year of each group (Health Phys 2021;122:125-235 doi:10.1097/HP.0000000000001500, Table 17,
# which prints coefficients of ICRP models so). No source that was read interpolates between them.
_GROUPS = (("1", 1, 2), ("5", 3, 7), ("10", 8, 12), ("15", 13, 17), ("adult", 18, 150))


def age_group(age_years: float | None) -> str | None:
    """Return the group of an age: ``1``, ``5``, ``10``, ``15`` or ``adult``; ``None`` below one year, or unknown."""
    if age_years is None or not isfinite(age_years):
        return None
    return next((name for name, first, last in _GROUPS if first <= int(age_years) <= last), None)
