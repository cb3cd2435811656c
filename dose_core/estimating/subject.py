"""Who was irradiated, as far as methods may know: an age that tells no birthday."""

from datetime import date

# As in the exam of a person who has expired: 90 stands for 90 and more (HIPAA, 45 CFR 164.514(b)(2)(i)(C)).
_OLDEST = 90
_ADULT_YEARS = 18
_MONTHS = 12


def age_at(birth_date: date | None, day: date | None) -> float | None:
    """
    Return the age on a day in years: completed months of children, completed years of adults, 90 for all above.

    Doses depend on a child's age by much and on an adult's hardly; an exact age would tell the birthday.
    ``None`` where either is unknown, or the day is before the birth.
    """
    if birth_date is None or day is None or day < birth_date:
        return None
    months = (day.year - birth_date.year) * _MONTHS + day.month - birth_date.month - (day.day < birth_date.day)
    years = months // _MONTHS
    return months / _MONTHS if years < _ADULT_YEARS else float(min(years, _OLDEST))
