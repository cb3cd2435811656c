"""The totals of an exam as a person reads them: which stand first, and how each came about."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.web import formatting
from api.web.shown import ShownNumber, shown, value_page
from dose_core.ledger.totals import Basis, Quantity
from dose_core.model import DeviceStated
from dose_services.exams import TotalView
from dose_services.value_words import QUANTITIES, part_words, unit_of_quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A short mark, a CSS class of the same meaning, and the explanation behind it."""

    mark: str
    css: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One total: what it is, its number, ``None`` if nobody knows it, and what has to be said of it."""

    name: str
    part: str | None
    number: ShownNumber | None
    marks: tuple[Mark, ...]
    interval: str | None = None  # of what DoseLedger computed, with its method


_SHORT = {
    Quantity.DLP: "DLP",
    Quantity.CTDI_VOL_MAX: "CTDIvol max",
    Quantity.DAP: "DAP",
    Quantity.KA_R: "Ka,r",
    Quantity.FLUORO_TIME: "Fluoroscopy",
    Quantity.AGD: "AGD",
    Quantity.ACTIVITY: "Activity",
}
# What a history shows of each exam, in this order; the page of the exam has all.
_HEADLINES = tuple(_SHORT)
_PARTED = (Quantity.CTDI_VOL_MAX, Quantity.KA_R, Quantity.AGD, Quantity.ACTIVITY)
_BASES = {
    Basis.STATED_TOTAL: Mark(mark="stated", css="stated", text="The total that a source states for all events."),
    Basis.SUM_OF_TOTALS: Mark(
        mark="stated in parts",
        css="stated",
        text="The sum of totals that sources state; each covers other events, together all.",
    ),
    Basis.SUM_OF_EVENTS: Mark(
        mark="stated per event",
        css="stated",
        text="The sum of what sources state per event, each event counted once.",
    ),
    Basis.MAX_OF_EVENTS: Mark(
        mark="largest event", css="stated", text="The largest of the values that sources state per event."
    ),
    Basis.ESTIMATE: Mark(
        mark="estimated from image headers",
        css="estimate",
        text="Mean CTDIvol times the reconstructed length, from image headers. Over-ranging is not included, so "
        "that the estimate is too low; its interval stands beside it.",
    ),
    Basis.ACQUISITIONS_ONLY: Mark(
        mark="acquisitions only, fluoroscopy not included",
        css="bound",
        text="The sum over image headers. Fluoroscopy leaves no image, so that this is a lower bound and not the "
        "total of the examination.",
    ),
}
NONE = Mark(mark="no dose known", css="missing", text="No source states a dose, and none can be computed.")
_LEAST = "A part of the dose is not known, so that the true value is higher."


def basis_mark(basis: Basis | None) -> Mark:
    """Return how a value came about; of no value, that there is none."""
    return NONE if basis is None else _BASES[basis]


def missing_mark(missing: int) -> Mark | None:
    """Return that parts of a sum are not known, ``None`` if all are."""
    return Mark(mark="at least: a part is not known", css="missing", text=_LEAST) if missing else None


def dose(total: TotalView, devices: Sequence[DeviceStated] = ()) -> Dose:
    """Return a total as it is shown."""
    long = QUANTITIES[total.quantity]
    name = _SHORT.get(total.quantity) or long[:1].upper() + long[1:]
    part = part_words(total.quantity, total.of, devices)
    marks = [basis_mark(total.basis), missing_mark(total.missing)] if total.value is not None else [NONE]
    number = None
    if total.value is not None:
        what = " ".join(filter(None, (name, part)))
        target = value_page(total.value_id)
        number = shown(total.value, unit_of_quantity(total.quantity), target=target, what=what)
    interval = formatting.estimated(total.estimated, unit_of_quantity(total.quantity))
    return Dose(name=name, part=part, number=number, marks=tuple(filter(None, marks)), interval=interval)


def headlines(totals: Sequence[TotalView]) -> list[TotalView]:
    """
    Return the totals that stand first: the whole of what is added, each part of what never is.

    A biplane exam has the DAP of both planes together and an air kerma for each of them.
    """
    found: list[TotalView] = []
    for quantity in _HEADLINES:
        its = [one for one in totals if one.quantity is quantity]
        whole = [one for one in its if one.of is None]
        found += its if quantity in _PARTED else whole or its
    # What a step states of the skin is of no use beside a dose of its own.
    return found or [one for one in totals if one.quantity is Quantity.ENTRANCE_DOSE]
