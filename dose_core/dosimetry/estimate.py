"""What a method returns: an estimate that explains itself, or the reason why there is none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """
    A value that DoseLedger computed; never mixed with what an object states.

    ``uncertainty`` says in words what is known of it; ``caveats`` what the method leaves out.
    """

    value: float
    unit: str
    method_id: str
    method_version: str
    uncertainty: str
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotComputable:
    """A refusal: which inputs are missing, and why the method cannot do without them."""

    missing: tuple[str, ...]
    reason: str
