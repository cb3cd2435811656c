"""The totals of an exam in which several devices irradiated; mostly it is one, and they are its."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from math import fsum

from dose_core.ledger.part import Share
from dose_core.ledger.precedence import precedence
from dose_core.ledger.totals import Addend, Basis, Quantity, Total
from dose_core.model import DeviceStated

_LARGEST = frozenset((Quantity.CTDI_VOL_MAX,))
_ADDED_BY_PART = frozenset((Quantity.DLP, Quantity.AGD, Quantity.ACTIVITY))
_ADDED_AS_WHOLE = frozenset(
    (
        Quantity.DAP,
        Quantity.FLUORO_DAP,
        Quantity.FLUORO_TIME,
        Quantity.ACQUISITION_DAP,
        Quantity.ACQUISITION_TIME,
    )
)


def totals_over(shares: Sequence[Share], devices: Sequence[DeviceStated]) -> tuple[Total, ...]:
    """
    Return the totals of all devices together.

    What may be added is added, what stands for a place on the patient is listed device by device.
    """
    if len(shares) <= 1:
        return shares[0].totals if shares else ()
    joined: dict[tuple[Quantity, str | None], list[Total]] = defaultdict(list)
    apart: list[Total] = []
    numbers = {id(share): devices.index(share.device) if share.device in devices else 0 for share in shares}
    for share in sorted(shares, key=lambda share: numbers[id(share)]):
        for total in share.totals:
            is_whole = total.quantity in _ADDED_AS_WHOLE and total.of is None
            if is_whole or total.quantity in _ADDED_BY_PART | _LARGEST:
                joined[total.quantity, total.of].append(total)
            if total.quantity not in _ADDED_BY_PART | _LARGEST:
                apart.append(replace(total, of=f"{total.of or ''}@{numbers[id(share)]}"))
    found = [_largest(its) if quantity in _LARGEST else _sum(its) for (quantity, _), its in joined.items()]
    return (*found, *apart)


def _largest(totals: Sequence[Total]) -> Total:
    return max(totals, key=lambda total: -1.0 if total.value is None else total.value)


def _sum(totals: Sequence[Total]) -> Total:
    if len(totals) == 1:
        return totals[0]
    known = [total for total in totals if total.value is not None]
    if not known:
        return replace(totals[0], missing=sum(total.missing or 1 for total in totals))
    return Total(
        quantity=totals[0].quantity,
        of=totals[0].of,
        value=fsum(total.value for total in known if total.value is not None),
        basis=_basis([total.basis for total in known]),
        source=max((total.source for total in known if total.source), key=precedence),
        missing=sum(total.missing or total.value is None for total in totals),
        addends=tuple(addend for total in known for addend in _addends(total)) if all(map(_addends, known)) else (),
        rivals=tuple(rival for total in totals for rival in total.rivals),
    )


def _basis(stated: Sequence[Basis | None]) -> Basis:
    """Return what is true of a sum: the least certain of its parts tells."""
    for least in (Basis.ESTIMATE, Basis.ACQUISITIONS_ONLY, Basis.SUM_OF_EVENTS):
        if least in stated:
            return least
    return Basis.SUM_OF_TOTALS


def _addends(total: Total) -> tuple[Addend, ...]:
    """Return the stated totals that a total is, or is made of; none if it is a sum of events."""
    if total.statement is not None and total.field is not None:
        return (Addend(statement=total.statement, field=total.field),)
    return total.addends
