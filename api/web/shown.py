"""Numbers on a page: as people read them, with the unit and the place that says where they come from."""

from dataclasses import dataclass

from api.web import formatting
from dose_core.ledger.field_values import Number
from dose_core.units import unit_of
from dose_services.value_words import field_words


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNumber:
    """
    One number. ``raw`` is what it is, to the last digit; ``what`` says what it is, for those who hear the page.

    ``target`` is the page of the view, or the place on the same page, that says where it comes from.
    """

    target: str
    raw: str
    text: str
    unit: str
    what: str


def value_page(value_id: str) -> str:
    """Return the page of the view that explains a value."""
    return f"values/{value_id}"


def shown(value: Number, unit: str | None, *, target: str, what: str) -> ShownNumber:
    """Return a number with few decimals."""
    text, printed = formatting.amount(value, unit)
    return ShownNumber(target=target, raw=repr(value), text=text, unit=printed, what=what)


def shown_exactly(value: Number, field: str, *, value_id: str) -> ShownNumber:
    """Return the number in a field of an event, with as many digits as are of any use."""
    printed = formatting.unit(unit_of(field.rpartition(".")[2].partition("[")[0]))
    return ShownNumber(
        target=value_page(value_id), raw=repr(value), text=_digits(value, 6), unit=printed, what=field_words(field)
    )


def shown_as_stated(value: Number, unit: str | None, *, target: str, what: str) -> ShownNumber:
    """Return a number with all digits that tell it from its neighbours, up to ten."""
    return ShownNumber(target=target, raw=repr(value), text=_digits(value, 10), unit=formatting.unit(unit), what=what)


def _digits(value: Number, count: int) -> str:
    """Return this many digits, those before the point all and never as a power of ten."""
    return f"{value:.0f}" if abs(value) >= 10**count else f"{value:.{count}g}"
