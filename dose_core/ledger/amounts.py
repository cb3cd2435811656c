"""
What of one exam's totals is added when exams are added; nothing is taken twice, and nothing unlike is joined.

Dose-length products stand for a phantom, glandular doses for a breast, activities for a radionuclide and agent, and
stay apart. Dose-area products and times of the planes of a biplane device are added, since each was delivered. CTDIvol,
air kerma at the reference point and entrance doses stand for a place and not for an amount: they are never added.

Source: ICRU Report 74 (2005), on what each quantity stands for; ``docs/reference/cumulative-dose.md``.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import fsum
from typing import NamedTuple

from dose_core.ledger.totals import Basis, Quantity, Total


class Certainty(StrEnum):
    """How an amount came about; sums of different certainty are kept apart."""

    STATED = "stated"  # sources state all of it
    LOWER_BOUND = "lower_bound"  # sources state it but for missing parts, or without fluoroscopy
    ESTIMATE = "estimate"  # DoseLedger computed it


class Amount(NamedTuple):
    """A part of an exam that can be added to its like; ``of`` is ``None`` where no part is told apart or known."""

    quantity: Quantity
    of: str | None
    certainty: Certainty
    value: float


TIMES = frozenset((Quantity.FLUORO_TIME, Quantity.ACQUISITION_TIME))
_PER_PLANE = frozenset((Quantity.DAP, Quantity.FLUORO_DAP, Quantity.ACQUISITION_DAP)) | TIMES
_PER_KIND = frozenset((Quantity.AGD, Quantity.ACTIVITY))  # no whole exists: what has no name is a kind of its own
ADDED = _PER_PLANE | _PER_KIND | {Quantity.DLP}

# A whole and its parts are rounded on their own, as a total and its events are: by one percent at most (``reconcile``).
_ROUNDING = 0.01
_UNKNOWN_PHANTOM = "unknown"


def amounts_of(totals: Iterable[Total]) -> list[Amount]:
    """Return what of an exam is added."""
    by_quantity: dict[Quantity, list[Total]] = defaultdict(list)
    for total in totals:
        by_quantity[total.quantity].append(total)
    amounts: list[Amount] = []
    for quantity, its in by_quantity.items():
        if quantity in _PER_KIND:
            amounts += [Amount(quantity, total.of, _certainty([total]), value) for total, value in _known(its)]
        elif quantity is Quantity.DLP:
            amounts += _by_phantom(its)
        elif quantity in _PER_PLANE:
            amounts += _over_planes(quantity, its)
    return amounts


def _known(totals: Iterable[Total]) -> list[tuple[Total, float]]:
    return [(total, total.value) for total in totals if total.value is not None]


def _by_phantom(totals: Sequence[Total]) -> list[Amount]:
    """Return the DLP of each phantom, and what the whole has beyond them: nobody states the phantom of that."""
    amounts = [
        Amount(Quantity.DLP, None if part.of == _UNKNOWN_PHANTOM else part.of, _certainty([part]), value)
        for part, value in _known(totals)
        if part.of is not None
    ]
    for whole, value in _known(totals):
        if whole.of is None:
            rest = fsum((value, *(-amount.value for amount in amounts)))
            if not amounts or rest > _ROUNDING * value:
                return [*amounts, Amount(Quantity.DLP, None, _certainty([whole]), rest)]
    return amounts


def _over_planes(quantity: Quantity, totals: Sequence[Total]) -> list[Amount]:
    """Return what all planes delivered: the whole if an exam has one, else the sum of its planes."""
    whole = [(total, value) for total, value in _known(totals) if total.of is None]
    if whole:
        return [Amount(quantity, None, _certainty([total]), value) for total, value in whole]
    known = _known(totals)
    return [Amount(quantity, None, _certainty(totals), fsum(value for _, value in known))] if known else []


def _certainty(totals: Sequence[Total]) -> Certainty:
    if any(total.basis is Basis.ESTIMATE for total in totals):
        return Certainty.ESTIMATE
    if any(total.missing or total.value is None or total.basis is Basis.ACQUISITIONS_ONLY for total in totals):
        return Certainty.LOWER_BOUND
    return Certainty.STATED
