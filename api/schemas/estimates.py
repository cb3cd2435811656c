"""Bodies of what DoseLedger computes: never without interval and method."""

from api.schemas.base import BodyOut


class IntervalOut(BodyOut):
    """Within which the true value lies. ``coverage`` is ``null`` where the source gives bounds without probability."""

    low: float
    high: float
    coverage: float | None
    source: str


class InputOut(BodyOut):
    """One thing that an estimate was made of; without ``value_id`` it is a choice of the method, such as a factor."""

    name: str
    value: float | str
    unit: str | None
    value_id: str | None


class MethodOut(BodyOut):
    """How DoseLedger computed an estimate, of what, how sure it is, and what it leaves out."""

    method_id: str
    method_version: str
    interval: IntervalOut
    inputs: list[InputOut]
    source: str
    caveats: list[str]


class EstimateOut(MethodOut):
    """A value that DoseLedger computed, never stated by an object."""

    value: float
    unit: str


class NotComputableOut(BodyOut):
    """Why there is no estimate."""

    missing: list[str]
    reason: str
