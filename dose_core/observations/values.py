"""What is observed of a patient."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Observed(StrEnum):
    """What was observed; the unit of its value is that of ``UNIT_OF``."""

    BODY_WEIGHT = "body_weight"
    BODY_HEIGHT = "body_height"
    HEAD_CIRCUMFERENCE = "head_circumference"
    PREGNANCY = "pregnancy"


class Pregnancy(StrEnum):
    """Values of ``Observed.PREGNANCY``; ``UNKNOWN`` is a statement too."""

    PREGNANT = "pregnant"
    NOT_PREGNANT = "not_pregnant"
    UNKNOWN = "unknown"


class ObservationState(StrEnum):
    """What a statement is worth."""

    VALID = "valid"
    REFUSED = "refused"  # kept, and used for nothing; a reason says why
    WITHDRAWN = "withdrawn"  # its sender takes back what it stated of this time


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    One statement of what was observed. ``value`` is in the unit of its kind, ``pregnancy`` is given for that kind.

    ``observed_at`` is when it was measured; ``is_time_of_message`` tells that the sender stated no such time.
    ``stated_at`` decides which of two statements about one time is newer.
    """

    observed: Observed
    state: ObservationState
    observed_at: datetime
    stated_at: datetime
    value: float | None = None
    pregnancy: Pregnancy | None = None
    stated_value: str = ""  # as it came
    stated_unit: str = ""
    code: str = ""  # as it came, with its coding system: "29463-7^LN"
    reason: str | None = None  # why it is refused; no patient data
    is_time_of_message: bool = False
