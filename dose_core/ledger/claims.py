"""What sources say of one quantity, and which of it counts; what does not count stays beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum, isclose
from typing import NamedTuple

from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Rival, Total

_SAME = 1e-9  # sums of the same numbers, and conversions of one text, differ by less


class Reading(NamedTuple):
    """One value, and where it is stated."""

    statement: str
    field: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """
    What one source says of a quantity: one value that it states, or several that are added.

    ``missing`` counts the parts that it does not know. A claim that is ``doubted`` is shown and never counts.
    """

    source: Source
    basis: Basis
    readings: tuple[Reading, ...] = ()
    missing: int = 0
    doubted: bool = False

    @property
    def value(self) -> float | None:
        """The sum, whatever the order of its parts; ``None`` if nothing is known."""
        if self.basis is Basis.MAX_OF_EVENTS:
            return max((one.value for one in self.readings), default=None)
        return fsum(one.value for one in self.readings) if self.readings or not self.missing else None

    @property
    def is_whole(self) -> bool:
        """Whether the value is all of it, rather than a lower bound."""
        return self.value is not None and not self.missing and self.basis is not Basis.ACQUISITIONS_ONLY


def total_of(quantity: Quantity, of: str | None, claims: Sequence[Claim]) -> Total:
    """Return the total that the claims make; they are given in the order in which their sources win."""
    chosen = _chosen(claims)
    if chosen is None:
        missing = min((claim.missing for claim in claims), default=0)
        return Total(
            quantity=quantity,
            of=of,
            value=None,
            basis=None,
            source=None,
            missing=missing,
            rivals=_rivals(None, claims),
        )
    return Total(
        quantity=quantity,
        of=of,
        value=chosen.value,
        basis=chosen.basis,
        source=chosen.source,
        missing=chosen.missing,
        statement=_only(chosen.readings, "statement") if chosen.basis is Basis.STATED_TOTAL else None,
        field=_only(chosen.readings, "field") if chosen.basis is Basis.STATED_TOTAL else None,
        rivals=_rivals(chosen, claims),
    )


def is_worth_a_total(claims: Iterable[Claim]) -> bool:
    """Test if anybody says anything of the quantity."""
    return any(claim.readings for claim in claims)


def _chosen(claims: Sequence[Claim]) -> Claim | None:
    believed = [claim for claim in claims if not claim.doubted and claim.value is not None]
    stated = [claim for claim in believed if claim.basis is not Basis.ESTIMATE]
    whole = [claim for claim in stated if claim.is_whole] or [claim for claim in believed if claim.is_whole]
    return next(iter(whole or stated or believed), None)


def _rivals(chosen: Claim | None, claims: Sequence[Claim]) -> tuple[Rival, ...]:
    """Return what is not chosen; a sum that a source's own total repeats is no news."""
    rivals: list[Rival] = []
    for claim in claims:
        if claim is chosen or (value := claim.value) is None or not claim.readings:
            continue
        if chosen is not None and claim.source is chosen.source and isclose(value, chosen.value or 0.0, rel_tol=_SAME):
            continue
        is_stated = claim.basis is Basis.STATED_TOTAL
        rivals.append(
            Rival(
                source=claim.source,
                basis=claim.basis,
                value=value,
                statement=_only(claim.readings, "statement") if is_stated else None,
                field=_only(claim.readings, "field") if is_stated else None,
            )
        )
    return tuple(rivals)


def _only(readings: Sequence[Reading], name: str) -> str | None:
    return str(getattr(readings[0], name)) if len(readings) == 1 else None
