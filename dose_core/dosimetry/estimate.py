"""What a method returns: an estimate that explains itself, or the reason why there is none."""

from dataclasses import dataclass

NO_PUBLISHED_UNCERTAINTY = "no published uncertainty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """
    Within which the true value lies, in the unit of the estimate, and the document and table that say so.

    ``coverage`` is the probability, such as 0.95; ``None`` where the document gives bounds without one, as for a
    largest deviation.
    """

    low: float
    high: float
    coverage: float | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """
    One thing that an estimate was made of, as it went in.

    ``value_id`` leads to the object that states it; without one it is a choice of ours, such as a row of a table.
    """

    name: str
    value: float | str
    unit: str | None = None
    value_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """
    A value that DoseLedger computed; never mixed with what an object states.

    ``source`` is the publication of the method and its factors; ``caveats`` what the method leaves out.
    """

    value: float
    unit: str
    interval: Interval
    method_id: str
    method_version: str
    inputs: tuple[Input, ...]
    source: str
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotComputable:
    """A refusal: which inputs are missing, and why the method cannot do without them."""

    missing: tuple[str, ...]
    reason: str
