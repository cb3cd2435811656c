"""The last day on which a record must be kept."""

from datetime import date

from dose_core.retention.rules import CountedFrom, Rule

_OF_AGE = 18  # UN Convention on the Rights of the Child, 1; BGB 2; Code civil 414; Family Law Reform Act 1969, 1


def kept_until(rule: Rule, *, exam_on: date, last_exam_on: date, born_on: date | None, is_treatment: bool) -> date:
    """
    Return the last day on which the record of an exam must be kept.

    Who has no known birth date may have been newborn on that day, so that the longest period of minors counts.

    Args:
        rule: the rule in force.
        exam_on: the day of the exam.
        last_exam_on: the day of the patient's last exam.
        born_on: the patient's birth date; ``None`` if unknown.
        is_treatment: the exam may have been a treatment, see ``treatment.may_be_treatment``.
    """
    counted_from = exam_on if rule.counted_from is CountedFrom.EXAM else max(exam_on, last_exam_on)
    years = max(rule.years, rule.treatment_years or 0) if is_treatment else rule.years
    until = after_years(counted_from, years)
    born = born_on if born_on is not None and born_on <= counted_from else counted_from
    bands = [one for one in rule.of_minors if after_years(born, one.from_age) <= counted_from]
    if bands and after_years(born, _OF_AGE) > counted_from:
        until = max(until, after_years(born, bands[-1].until_age))
    return until


def after_years(day: date, years: int) -> date:
    """Return the same day so many years later; the 1 March, which is later, where there is no 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
