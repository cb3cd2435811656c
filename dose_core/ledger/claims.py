"""
What sources say of one quantity, and which of it counts; what does not count stays beside it.

Of sources that know all of a quantity the best one counts (``source``). One that knows a part of it gives way to one
that knows all, unless its part is already more. What DoseLedger estimates gives way to everything that is stated.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import fsum, isclose
from typing import NamedTuple

from dose_core.ledger.exam import Place
from dose_core.ledger.precedence import precedence
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Addend, Basis, Quantity, Rival, Total

# Sums of the same numbers in another unit or order differ by less; it is the default of math.isclose.
_SAME = 1e-9
_STATED = frozenset((Basis.STATED_TOTAL, Basis.SUM_OF_TOTALS))


class Reading(NamedTuple):
    """One value, and where it is stated."""

    statement: str
    field: str
    value: float


def reading(found: tuple[Place, str, float]) -> Reading:
    """Return a value of an event, of which the place, the field and the value are given."""
    place, field, value = found
    return Reading(place.statement, f"events[{place.index}].{field}", value)


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
        """The sum, or the largest; ``None`` if nothing is known, 0 if there is nothing to know."""
        if self.basis is Basis.MAX_OF_EVENTS:
            return max((one.value for one in self.readings), default=None)
        if not self.readings and self.missing:
            return None
        return fsum(one.value for one in self.readings)  # exact, so that the order of the parts cannot show

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the quantity rather than a lower bound."""
        return not self.missing and self.basis is not Basis.ACQUISITIONS_ONLY

    @property
    def is_total(self) -> bool:
        """Whether the source itself added up."""
        return self.basis in _STATED


def doubted(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims with the totals of dose reports doubted: their events know better."""
    return [replace(one, doubted=True) if one.is_total and one.source is Source.RDSR else one for one in claims]


def more_than_zero(claims: Sequence[Claim]) -> float | None:
    """Return what the events add up to where a dose report calls the total 0 and they know better, else nothing."""
    is_zero = any(
        one.is_total and one.source is Source.RDSR and not one.doubted and one.value == 0 for one in claims[:1]
    )
    added = next((one.value for one in claims if one.basis is Basis.SUM_OF_EVENTS), None)
    return added if is_zero and added else None


def total_of(quantity: Quantity, of: str | None, claims: Sequence[Claim]) -> Total:
    """Return the total that the claims make; they are given in the order in which their sources win."""
    chosen = chosen_of(claims)
    if chosen is None:
        missing = next((claim.missing for claim in claims if claim.missing), 0)  # as the best source counts
        rivals = _rivals(None, claims)
        return Total(quantity=quantity, of=of, value=None, basis=None, source=None, missing=missing, rivals=rivals)
    statement, field = _origin(chosen)
    return Total(
        quantity=quantity,
        of=of,
        value=chosen.value,
        basis=chosen.basis,
        source=chosen.source,
        missing=chosen.missing,
        statement=statement,
        field=field,
        addends=_addends(chosen),
        rivals=_rivals(chosen, claims),
    )


def is_known(claims: Iterable[Claim]) -> bool:
    """Test if anybody states anything of the quantity."""
    return any(claim.readings for claim in claims)


def chosen_of(claims: Sequence[Claim]) -> Claim | None:
    """Return the claim that counts; that a source lists nothing of a quantity gives way to all who state some."""
    believed = [claim for claim in claims if not claim.doubted and claim.value is not None]
    believed = [claim for claim in believed if claim.readings] or believed
    stated = [claim for claim in believed if claim.basis is not Basis.ESTIMATE]
    whole = next((claim for claim in stated if claim.is_whole), None)
    bound = next((claim for claim in stated if not claim.is_whole), None)
    if whole is not None and bound is not None and _refutes(bound, whole):
        return bound
    return whole or bound or next(iter(believed), None)


def _refutes(bound: Claim, whole: Claim) -> bool:
    """Test if a part of a quantity, from a better source, is more than what another one calls the whole."""
    if bound.basis is Basis.ACQUISITIONS_ONLY or precedence(bound.source) >= precedence(whole.source):
        return False
    return (bound.value or 0.0) > (whole.value or 0.0)


def _rivals(chosen: Claim | None, claims: Sequence[Claim]) -> tuple[Rival, ...]:
    """Return what is not chosen; that a source's own sum repeats its total is no news."""
    rivals: dict[tuple[Source, Basis, float], Rival] = {}
    for claim in claims:
        value = claim.value
        if claim is chosen or value is None or not claim.readings:
            continue
        is_repeated = chosen is not None and claim.source is chosen.source and _is_same(value, chosen.value)
        if not is_repeated:
            statement, field = _origin(claim)
            rival = Rival(
                source=claim.source,
                basis=claim.basis,
                value=value,
                statement=statement,
                field=field,
                addends=_addends(claim),
            )
            rivals.setdefault((claim.source, claim.basis, value), rival)
    return tuple(rivals.values())


def _is_same(one: float, other: float | None) -> bool:
    return other is not None and isclose(one, other, rel_tol=_SAME)


def _origin(claim: Claim) -> tuple[str | None, str | None]:
    """Return where a value stands that one statement states; a sum of ours stands nowhere."""
    if not claim.is_total or len(claim.readings) != 1:
        return None, None
    return claim.readings[0].statement, claim.readings[0].field


def _addends(claim: Claim) -> tuple[Addend, ...]:
    """Return the totals that a sum of stated ones is made of."""
    if not claim.is_total or len(claim.readings) == 1:
        return ()
    return tuple(Addend(statement=one.statement, field=one.field) for one in claim.readings)
