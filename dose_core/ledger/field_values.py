"""The numbers that a value of the domain holds, by the field under which each stands: ``sources[0].kv``."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeAlias

from dose_core.dosimetry.estimate import Estimate

Number: TypeAlias = float | int
Numbers: TypeAlias = tuple[Number, ...]

_STEP = re.compile(r"([a-z][a-z0-9_]*)|\[([0-9]{1,9})\]")


def numbers_in(value: object) -> Iterator[tuple[str, Number | Numbers]]:
    """Yield each number in a value with its field; a list of numbers, such as one for each pulse, is yielded whole."""
    for name in _names(value):
        yield from _numbers(getattr(value, name), name)


def number_at(value: object, field: str) -> Number | Numbers | None:
    """Return the number, or the list of numbers, that stands in this field; ``None`` if there is none."""
    found: object = value
    for name, index in _STEP.findall(field):
        if index:
            found = found[int(index)] if isinstance(found, tuple) and int(index) < len(found) else None
        else:
            found = getattr(found, name) if name in _names(found) else None
    if isinstance(found, Estimate):
        return found.value
    return found if _is_number(found) or _are_numbers(found) else None  # type: ignore[return-value]  # just tested


def _numbers(value: object, field: str) -> Iterator[tuple[str, Number | Numbers]]:
    if _is_number(value) or _are_numbers(value):
        yield field, value  # type: ignore[misc]  # just tested
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from _numbers(one, f"{field}[{index}]")
    else:
        for name in _names(value):
            yield from _numbers(getattr(value, name), f"{field}.{name}")


def _is_number(value: object) -> bool:
    return isinstance(value, (float, int)) and not isinstance(value, bool)


def _are_numbers(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and all(map(_is_number, value))


def _names(value: object) -> tuple[str, ...]:
    shape: Any = type(value)
    return _names_of(shape)


@cache
def _names_of(shape: Any) -> tuple[str, ...]:  # noqa: ANN401 - a class, of which mypy does not see that it has a hash
    return tuple(field.name for field in fields(shape)) if is_dataclass(shape) else ()
