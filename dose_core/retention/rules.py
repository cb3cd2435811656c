"""
How long records of a medical exposure must be kept, by jurisdiction: a table, each line with its source.

A later version of a rule is a further line with a later ``valid_from``; no line is changed. The periods are the
shortest that the source allows: what must be kept longer for another reason is put on hold.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dose_core.errors import DoseError


class Jurisdiction(StrEnum):
    """Where the site is, ISO 3166-1 alpha-2."""

    DE = "DE"
    FR = "FR"
    GB = "GB"
    SE = "SE"


class CountedFrom(StrEnum):
    """From which day the years of a record are counted."""

    EXAM = "exam"  # of the exam itself: each record has a period of its own
    LAST_EXAM = "last_exam"  # of the patient's last exam: all records of a patient end together


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMinors:
    """Who is at least ``from_age`` and under 18 on the day counted from: kept at least until birthday ``until_age``."""

    from_age: int
    until_age: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    The rule of one jurisdiction from a day on.

    ``years`` are those after an examination, ``treatment_years`` those after a treatment by radionuclides, ``None``
    where the source makes no difference. Of several entries in ``of_minors`` the last that fits counts.
    """

    jurisdiction: Jurisdiction
    valid_from: date
    years: int
    counted_from: CountedFrom
    of_minors: tuple[OfMinors, ...]
    treatment_years: int | None
    source: str

    @property
    def name(self) -> str:
        """What an audit entry calls the rule."""
        return f"{self.jurisdiction} {self.valid_from.isoformat()}"

    @property
    def longest_years(self) -> int:
        """The years after which a record is due whosever it is: that of a newborn, or a treatment."""
        return max(self.years, self.treatment_years or 0, *(one.until_age for one in self.of_minors), 0)


class NoRuleError(DoseError):
    """No rule of this jurisdiction is in force on this day."""


RULES: tuple[Rule, ...] = (
    Rule(
        jurisdiction=Jurisdiction.DE,
        valid_from=date(2018, 12, 31),
        years=10,
        counted_from=CountedFrom.EXAM,
        of_minors=(OfMinors(from_age=0, until_age=28),),
        treatment_years=30,
        source="StrlSchG 85(2): 10 years after an examination, of minors until the age of 28; 30 after a treatment",
    ),
    Rule(
        jurisdiction=Jurisdiction.FR,
        valid_from=date(2006, 1, 6),
        years=20,
        counted_from=CountedFrom.LAST_EXAM,
        of_minors=(OfMinors(from_age=0, until_age=28),),
        treatment_years=None,
        source="Code de la sante publique, R1112-7: 20 years after the last visit, at least until the 28th birthday",
    ),
    Rule(
        jurisdiction=Jurisdiction.GB,
        valid_from=date(2021, 8, 4),
        years=8,
        counted_from=CountedFrom.LAST_EXAM,
        of_minors=(OfMinors(from_age=0, until_age=25), OfMinors(from_age=17, until_age=26)),
        treatment_years=None,
        source="NHS Records Management Code of Practice 2021, appendix II: 8 years after the patient was last seen; "
        "children until the 25th birthday, or the 26th if 17 at the end",
    ),
    Rule(
        jurisdiction=Jurisdiction.SE,
        valid_from=date(2008, 7, 1),
        years=10,
        counted_from=CountedFrom.LAST_EXAM,
        of_minors=(),
        treatment_years=None,
        source="Patientdatalag (2008:355), 3 kap. 17 §: at least 10 years after the last entry",
    ),
)


def rule_of(jurisdiction: Jurisdiction, *, today: date) -> Rule:
    """
    Return the rule of a jurisdiction that is in force today.

    Raises:
        NoRuleError: none is yet.
    """
    in_force = [rule for rule in RULES if rule.jurisdiction is jurisdiction and rule.valid_from <= today]
    if not in_force:
        msg = f"no rule of {jurisdiction} is in force on {today.isoformat()}"
        raise NoRuleError(msg)
    return max(in_force, key=lambda rule: rule.valid_from)
