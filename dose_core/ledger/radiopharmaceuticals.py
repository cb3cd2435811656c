"""
Whether two statements can speak of one administration of a radiopharmaceutical.

Agents and nuclides are spelt and coded in many ways, so only what contradicts tells them apart; activity and start tell
administrations apart. Event UIDs of images are not asked: Siemens PET images carry other ones than the report.
"""

import re
from datetime import datetime, timedelta
from math import isclose

from dose_core.model import Administration, Code

# Starts are written to the minute by some and to the second by others.
SAME_START = timedelta(minutes=1)
# The clocks of hot laboratory and scanner differ: by 8 minutes between a Siemens report and its images.
NEAR_START = timedelta(minutes=30)
_WIDEST_OFFSET = timedelta(hours=14)  # from UTC, of any place (IANA time zones: Pacific/Kiritimati)
# Decimal strings are cut by those who rewrite images; no two syringes are measured to 0.1 %.
_SAME_ACTIVITY = 1e-3

# PS3.16, 8.1: retired designators of the SNOMED RT codes.
_SRT_DESIGNATORS = ("SRT", "SNM3", "99SDM")
_MASS_NUMBER = re.compile(r"[0-9]{1,3}m?")


def are_alike(one: Administration, other: Administration) -> bool:
    """Test if two statements agree in what is stated by both, in activity and start even in whether it is stated."""
    start = gap(one.start, other.start)
    return (
        agree_in_agent(one, other)
        and (activity(one) is None) == (activity(other) is None)
        and agree_in_activity(one, other)
        and (one.start is None) == (other.start is None)
        and (start is None or start <= SAME_START)
    )


def may_be_one(report: Administration, image: Administration) -> bool:
    """Test if an image can show what a report states: activity or start must be the same, the other one be near."""
    if not agree_in_agent(report, image):
        return False
    start = gap(report.start, image.start)
    if start is not None and start <= SAME_START:
        return True
    return agree_in_activity(report, image) and are_near(report, image)


def are_near(one: Administration, other: Administration) -> bool:
    """
    Test if two starts may be one on the clocks of two rooms; one that is not stated may.

    If one has an offset from UTC and the other has none, they may be of two time zones: then the same activity tells.
    """
    between = gap(one.start, other.start)
    if one.start is None or other.start is None or between is None or between <= NEAR_START:
        return True
    is_known = activity(one) is not None and activity(other) is not None
    is_of_two_zones = (one.start.tzinfo is None) != (other.start.tzinfo is None)
    return is_of_two_zones and is_known and agree_in_activity(one, other) and between <= _WIDEST_OFFSET


def is_part_of(vague: Administration, full: Administration) -> bool:
    """Test if a statement without start or activity agrees with one that has more."""
    start = gap(vague.start, full.start)
    return agree_in_agent(vague, full) and agree_in_activity(vague, full) and (start is None or start <= SAME_START)


def activity(administration: Administration) -> float | None:
    """Return the administered activity in MBq, ``None`` if it is not stated; 0 is what devices write then."""
    return administration.administered_activity_mbq or None


def agree_in_activity(one: Administration, other: Administration) -> bool:
    """Test if two statements do not contradict each other in the activity."""
    stated, others = activity(one), activity(other)
    return stated is None or others is None or isclose(stated, others, rel_tol=_SAME_ACTIVITY)


def agree_in_agent(one: Administration, other: Administration) -> bool:
    """Test if two statements do not contradict each other in nuclide and agent."""
    return _same_nuclide(one, other) and _same_words(one.agent_code, one.agent, other.agent_code, other.agent)


def gap(one: datetime | None, other: datetime | None) -> timedelta | None:
    """Return the time between two moments; of one with an offset and one without, the clocks count."""
    if one is None or other is None:
        return None
    if (one.tzinfo is None) != (other.tzinfo is None):
        one, other = one.replace(tzinfo=None), other.replace(tzinfo=None)
    return abs(one - other)


def _same_nuclide(one: Administration, other: Administration) -> bool:
    mass, others = _MASS_NUMBER.search(one.radionuclide or ""), _MASS_NUMBER.search(other.radionuclide or "")
    if mass and others:
        return mass[0] == others[0]
    return _same_words(one.radionuclide_code, one.radionuclide, other.radionuclide_code, other.radionuclide)


def _same_words(code: Code | None, words: str | None, other_code: Code | None, other_words: str | None) -> bool:
    """Test two coded or worded names; codes of different schemes do not contradict, nor does a name within another."""
    if code is not None and other_code is not None:
        if _family(code) == _family(other_code):
            return code.value == other_code.value
        return True
    if words is None or other_words is None:
        return True
    plain, others = _plain(words), _plain(other_words)
    return plain in others or others in plain


def _family(code: Code) -> str:
    return "SRT" if code.scheme in _SRT_DESIGNATORS else code.scheme


def _plain(words: str) -> str:
    return "".join(letter for letter in words.casefold() if letter.isalnum())
