"""
What is known of each dose, in words: the number with its unit, and whatever makes it less than it seems.

A dose that irradiated and that nobody states is "unknown". A sum of which a part is missing is "at least" so much, what
DoseLedger computed is "about" so much, with its interval and method.
"""

from collections.abc import Callable, Iterator, Sequence

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.ct_totals import UNKNOWN_PHANTOM
from dose_core.ledger.totals import Basis, Estimated, Quantity, Total, part_and_device
from dose_core.report_sentence.wording import Wording
from dose_core.units import GY_CM2, MGY_CM, unit_of

_MM_PER_CM = 10
_PRINTED = {MGY_CM: "mGy·cm", GY_CM2: "Gy·cm²"}
_SINGLE = ("", "single")  # the only plane of a device


def dose_phrase(wording: Wording, quantity: Quantity, totals: Sequence[Total]) -> str | None:
    """Return what totals of one quantity say, ``None`` if there is none of it."""
    its = [total for total in totals if _is_said(total, quantity)]
    if not its:
        return None
    return wording.listed([_PHRASES.get(quantity, _whole)(wording, total) for total in its])


def said_totals(quantity: Quantity, totals: Sequence[Total]) -> tuple[Total, ...]:
    """Return the totals that ``dose_phrase`` speaks of."""
    return tuple(total for total in totals if _is_said(total, quantity))


def effective_dose_phrase(wording: Wording, of: str | None, estimate: Estimate) -> str:
    """Return an effective dose of ours with its interval, its method and what it is a dose of."""
    its = estimate.interval
    interval = _interval(wording, its.low, its.high, its.coverage, estimate.unit)
    method = wording.text("{method} version {version}", method=estimate.method_id, version=estimate.method_version)
    notes = (interval, method, wording.text("of a reference person, not of this patient"))
    amount = f"{wording.number(estimate.value)} {estimate.unit} ({'; '.join(notes)})"
    named = {
        "administered": wording.text("of the administered activity"),
        "projection": wording.text("of projection X-ray imaging"),
    }
    return f"{named.get(of, of)} {amount}" if of else amount


def unknown(wording: Wording) -> str:
    """Return the word for what nobody states."""
    return wording.text("unknown")


def _is_said(total: Total, quantity: Quantity) -> bool:
    return total.quantity is quantity and (total.of is None or quantity in _PHRASES)


def _whole(wording: Wording, total: Total) -> str:
    return _amount(wording, total)


def _of_phantom(wording: Wording, total: Total) -> str:
    named = total.of or UNKNOWN_PHANTOM
    if named.isdecimal():
        phantom = wording.text("{diameter} cm phantom", diameter=wording.number(int(named) / _MM_PER_CM))
    else:
        phantom = wording.text("phantom not stated")
    return _amount(wording, total, phantom)


def _of_plane(wording: Wording, total: Total) -> str:
    plane, device = part_and_device(total.quantity, total.of)
    parts = []
    if plane == "both":
        parts.append(wording.text("both planes"))
    elif plane in {"a", "b"}:
        parts.append(wording.text("plane {plane}", plane=plane.upper()))
    elif plane not in _SINGLE:
        parts.append(wording.text("source {name}", name=plane))
    if device is not None:
        parts.append(wording.text("device {number}", number=wording.number(device + 1)))
    return _amount(wording, total, *parts)


def _of_breast(wording: Wording, total: Total) -> str:
    named = {
        "L": wording.text("left breast"),
        "R": wording.text("right breast"),
        "B": wording.text("mean over both breasts"),
    }
    if total.of not in named:
        return _amount(wording, total, wording.text("breast not stated"))
    return f"{named[total.of]} {_amount(wording, total)}"


def _of_agent(wording: Wording, total: Total) -> str:
    return f"{total.of} {_amount(wording, total)}" if total.of else _amount(wording, total)


_PHRASES: dict[Quantity, Callable[[Wording, Total], str]] = {
    Quantity.CTDI_VOL_MAX: _of_phantom,
    Quantity.KA_R: _of_plane,
    Quantity.AGD: _of_breast,
    Quantity.ACTIVITY: _of_agent,
}


def _amount(wording: Wording, total: Total, *parts: str) -> str:
    is_known = total.value is not None and (total.basis is not Basis.ESTIMATE or total.estimated is not None)
    if total.value is None or not is_known:  # an estimate without its interval was kept by an earlier release
        words, notes = unknown(wording), parts
    else:
        words = _bounded(wording, total, f"{wording.number(total.value)} {_unit(total)}")
        notes = (*parts, *_reservations(wording, total))
    return f"{words} ({'; '.join(notes)})" if notes else words


def _bounded(wording: Wording, total: Total, amount: str) -> str:
    is_least = bool(total.missing) or total.basis is Basis.ACQUISITIONS_ONLY
    if is_least and total.estimated:
        return wording.text("at least about {amount}", amount=amount)
    if is_least:
        return wording.text("at least {amount}", amount=amount)
    return wording.text("about {amount}", amount=amount) if total.estimated else amount


def _reservations(wording: Wording, total: Total) -> Iterator[str]:
    if total.missing:
        yield wording.plural("{count} part without a value", "{count} parts without a value", total.missing)
    if total.basis is Basis.ACQUISITIONS_ONLY:
        yield wording.text("fluoroscopy not included")
    if total.estimated is not None:
        yield from _computed(wording, total.estimated, _unit(total))


def _computed(wording: Wording, its: Estimated, unit: str) -> Iterator[str]:
    yield wording.text("computed by DoseLedger: {methods}", methods=", ".join(its.methods))
    yield _interval(wording, its.low, its.high, its.coverage, unit)


def _interval(wording: Wording, low: float, high: float, coverage: float | None, unit: str) -> str:
    # Four digits: bounds are no measurement.
    ends = {"low": wording.number(float(f"{low:.4g}")), "high": wording.number(float(f"{high:.4g}")), "unit": unit}
    if coverage is None:
        return wording.text("interval {low} to {high} {unit}", **ends)
    return wording.text(
        "interval {low} to {high} {unit}, {coverage} coverage", **ends, coverage=wording.share(coverage)
    )


def _unit(total: Total) -> str:
    unit = unit_of(total.quantity.value) or ""
    return _PRINTED.get(unit, unit)
