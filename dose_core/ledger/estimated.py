"""How sure a total is that DoseLedger computed, or that has parts of which it did: intervals of the parts add."""

from collections.abc import Iterable
from dataclasses import replace
from math import fsum

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.ct_totals import phantom_of
from dose_core.ledger.exam import CtExam
from dose_core.ledger.totals import Basis, Estimated, Quantity, Rival, Total


def with_intervals(totals: Iterable[Total], ct: CtExam | None) -> tuple[Total, ...]:
    """Return totals of which those that are estimates, and estimates that were not chosen, have their interval."""
    return tuple(_with_interval(total, ct) if total.quantity is Quantity.DLP and ct else total for total in totals)


def added(parts: Iterable[Estimate], value: float) -> Estimated | None:
    """
    Return the interval of a sum of this value that these estimates are in; ``None`` without any.

    Their deviations add linearly: over-ranging makes each of them too low, so that none cancels another.
    """
    its = list(parts)
    if not its:
        return None
    coverages = {one.interval.coverage for one in its}
    return Estimated(
        low=value + fsum(one.interval.low - one.value for one in its),
        high=value + fsum(one.interval.high - one.value for one in its),
        coverage=coverages.pop() if len(its) == 1 else None,
        source="; ".join(dict.fromkeys(one.interval.source for one in its)),
        methods=tuple(dict.fromkeys(f"{one.method_id} version {one.method_version}" for one in its)),
    )


def _with_interval(total: Total, ct: CtExam) -> Total:
    rivals = tuple(
        replace(one, estimated=_interval(total.of, one, ct)) if one.basis is Basis.ESTIMATE else one
        for one in total.rivals
    )
    estimated = _interval(total.of, total, ct) if total.basis is Basis.ESTIMATE else None
    return replace(total, rivals=rivals, estimated=estimated)


def _interval(phantom: str | None, said: Total | Rival, ct: CtExam) -> Estimated | None:
    if said.value is None:
        return None
    its = [event for event in ct.events if phantom is None or phantom_of(event) == phantom]
    return added((one.dlp_estimate for one in its if isinstance(one.dlp_estimate, Estimate)), said.value)
