"""Whether what an object states of a patient agrees with what is known of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dose_core.identity.names import surely_differ
from dose_core.identity.placeholder import DEFAULT_BIRTH_DATE, NO_RULES, PlaceholderRules, names_nobody

OTHER_NAME = "its objects state another name than the patient of this identifier has"
OTHER_BIRTH_DATE = "its objects state another birth date than the patient of this identifier has"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All names and birth dates by which a patient is known, or was; empty where nobody stated one."""

    names: tuple[str, ...] = ()
    birth_dates: tuple[date, ...] = ()


def disagreement(
    name: str | None, birth_date: date | None, known: Sequence[Known], *, rules: PlaceholderRules = NO_RULES
) -> str | None:
    """
    Return why an object is not about this patient, ``None`` if it may be; the text holds no patient data.

    A name disagrees if it is surely another than each that the patient ever had, a birth date if it is none of theirs.
    What nobody stated, and what names nobody, agrees with everything.

    Args:
        name: as the object states it, DICOM PN.
        birth_date: as the object states it.
        known: of the patient, and of each who is the same person by a merge or a link.
        rules: the site's own patterns of placeholders.
    """
    dates = {day for one in known for day in one.birth_dates if day > DEFAULT_BIRTH_DATE}
    if birth_date is not None and birth_date > DEFAULT_BIRTH_DATE and dates and birth_date not in dates:
        return OTHER_BIRTH_DATE
    names = [one for each in known for one in each.names]
    if name is None or name in names or names_nobody(name, rules):
        return None
    told = [one for one in names if not names_nobody(one, rules)]
    return OTHER_NAME if told and all(surely_differ(name, one) for one in told) else None
