"""
What differs between two readings of one object, and between two makings of one exam; it names nobody.

Numbers, codes and words of ours are shown; of texts, times and whatever stands for the patient, that they differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum

from dose_core.ledger.totals import Quantity, Total
from dose_core.model import Code, DoseReport, StatedValue

_NOT_STATED, _A_VALUE, _ANOTHER = "not stated", "a value", "another value"
_BESIDE = frozenset({"stated", "warnings"})  # compared in a way of their own
_OF_PATIENT = "patient."


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    One field that differs, named as the readers name it; ``path`` is where the value stands in the object, if known.

    Of a field that is the same and was found elsewhere, or whose text was kept otherwise, ``before`` and ``after``
    tell the place. Of a ``warning`` they are its texts.
    """

    field: str
    before: str
    after: str
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalChange:
    """One total of an exam that differs; ``None`` where the exam has no such total."""

    quantity: Quantity
    of: str | None
    before: Total | None
    after: Total | None


def changes_of(before: DoseReport, after: DoseReport) -> tuple[Change, ...]:
    """Return what differs between two readings of one object; nothing if they state the same in the same places."""
    if type(before) is not type(after):
        return (Change(field="kind", before=before.kind, after=after.kind),)
    origin = {value.field: value for value in after.stated}
    gone = {value.field: value for value in before.stated}
    found: list[Change] = []
    for name, old, new in _differing(before, after):
        place = origin.get(name) or gone.get(name)
        found.append(_change(name, old, new, path=place.path if place else None))
    changed = tuple(change.field for change in found)
    return (*found, *_moved(gone, origin, changed), *_warnings(before, after))


def total_changes(before: Sequence[Total], after: Sequence[Total]) -> tuple[TotalChange, ...]:
    """Return the totals that differ in value, or in how that came about."""
    old = {(total.quantity, total.of): total for total in before}
    new = {(total.quantity, total.of): total for total in after}
    keys = dict.fromkeys((*old, *new))
    return tuple(
        TotalChange(quantity=key[0], of=key[1], before=old.get(key), after=new.get(key))
        for key in keys
        if _gist(old.get(key)) != _gist(new.get(key))
    )


def _gist(total: Total | None) -> tuple[object, ...] | None:
    return (total.value, total.basis, total.source, total.missing) if total else None


def _change(name: str, before: object, after: object, *, path: str | None) -> Change:
    old, new = _shown(name, before), _shown(name, after)
    return Change(field=name, before=old, after=_ANOTHER if old == new == _A_VALUE else new, path=path)


def _shown(name: str, value: object) -> str:
    if value is None:
        return _NOT_STATED
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (bool, int, float)) and not name.startswith(_OF_PATIENT):
        return str(value)
    if isinstance(value, Code):
        return f"{value.value} {value.scheme}"
    return "listed" if is_dataclass(value) else _A_VALUE


def _differing(before: object, after: object, name: str = "") -> Iterator[tuple[str, object, object]]:
    """Yield the innermost fields that differ."""
    if before == after:
        return
    if isinstance(before, tuple) and isinstance(after, tuple):
        yield from _of_lists(before, after, name)
    elif isinstance(before, Code) or type(before) is not type(after) or not is_dataclass(before):
        yield name, before, after
    else:
        for field in fields(before):
            if name or field.name not in _BESIDE:
                inner = f"{name}.{field.name}" if name else field.name
                yield from _differing(getattr(before, field.name), getattr(after, field.name), inner)


def _of_lists(before: tuple[object, ...], after: tuple[object, ...], name: str) -> Iterator[tuple[str, object, object]]:
    """Yield what differs between two lists: events are told apart by UID where each has one, else by their place."""
    is_by_uid = _has_uids(before) and _has_uids(after)
    old = {_uid_of(value) if is_by_uid else index: value for index, value in enumerate(before)}
    new = {_uid_of(value) if is_by_uid else index: value for index, value in enumerate(after)}
    for index, (key, value) in enumerate(old.items()):
        if key not in new:
            yield f"{name}[{index}]", value, None
    for index, (key, value) in enumerate(new.items()):
        yield from _differing(old.get(key), value, f"{name}[{index}]")


def _uid_of(value: object) -> object:
    return getattr(value, "event_uid", None), getattr(value, "plane", None)


def _has_uids(values: tuple[object, ...]) -> bool:
    return all(getattr(value, "event_uid", None) for value in values) and len(set(map(_uid_of, values))) == len(values)


def _moved(
    before: Mapping[str, StatedValue], after: Mapping[str, StatedValue], changed: Sequence[str]
) -> Iterator[Change]:
    """Yield the fields whose value is the same and which stand elsewhere, or in another text."""
    is_renumbered = any(field.endswith("]") for field in changed)  # an event came or went: others have new numbers
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new or name in changed or (is_renumbered and "[" in name):
            continue
        if old and new and old.path == new.path:
            yield Change(field=name, before=f"at {old.path}", after="there, in another text or unit", path=new.path)
        else:
            yield Change(field=name, before=_place(old), after=_place(new), path=new.path if new else None)


def _place(value: StatedValue | None) -> str:
    return f"at {value.path}" if value else "nowhere"


def _warnings(before: DoseReport, after: DoseReport) -> Iterator[Change]:
    for warning in before.warnings:
        if warning not in after.warnings:
            yield Change(field="warning", before=warning.problem, after="none", path=warning.path)
    for warning in after.warnings:
        if warning not in before.warnings:
            yield Change(field="warning", before="none", after=warning.problem, path=warning.path)
