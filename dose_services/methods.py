"""
Methods that compute estimates, ours and those of other packages: what the entry point ``doseledger.methods`` names.

They are looked for once per process. One that is broken is named and left out; one that fails on an exam costs that
exam its outcomes, and nothing else.
"""

import logging
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.errors import DoseError
from dose_core.estimating.case import Case, Outcome
from dose_core.estimating.method import ENTRY_POINT, Method

_QUANTITY = re.compile(r"[a-z][a-z0-9_]*")
_log = logging.getLogger(__name__)


class BrokenMethodError(DoseError):
    """An installed method cannot be used; the text names it, its package, and what is wrong with it."""


class UnusableOutcomeError(DoseError):
    """A method returned what it must not; the text says what, without a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledMethods:
    """The methods that can be used, in the order of their ids, and why others cannot."""

    methods: tuple[Method, ...] = ()
    left_out: tuple[BrokenMethodError, ...] = ()


@cache
def installed_methods() -> tuple[Method, ...]:
    """Return the methods that are installed; each that is left out is logged, once per process."""
    found = find_methods(entry_points(group=ENTRY_POINT))
    for fault in found.left_out:
        _log.error(str(fault))
    return found.methods


def find_methods(named: Iterable[EntryPoint]) -> InstalledMethods:
    """Make the methods that entry points name; of two with one id ours counts, else that of the first package."""
    methods: dict[str, Method] = {}
    left_out: list[BrokenMethodError] = []
    for entry_point in sorted(named, key=lambda one: (not _is_ours(one), one.name, _package(one))):
        name = f"the method {entry_point.name!r} of the package {_package(entry_point)}"
        try:
            made = _made(entry_point, name)
        except BrokenMethodError as fault:
            left_out.append(fault)
            continue
        if made.id in methods:
            left_out.append(BrokenMethodError(f"{name} is left out: another method has the id {made.id}"))
        else:
            methods[made.id] = made
    return InstalledMethods(methods=tuple(methods[id_] for id_ in sorted(methods)), left_out=tuple(left_out))


def outcomes_of(method: Method, case: Case) -> tuple[Outcome, ...]:
    """
    Return what a method says of a case.

    Raises:
        UnusableOutcomeError: something in it has no interval, no source, no finite number, or another method's name.
    """
    outcomes = tuple(method.outcomes(case))
    for one in outcomes:
        fault = _fault(method, one)
        if fault:
            raise UnusableOutcomeError(fault)
    return outcomes


def is_effective_dose(outcome: Outcome) -> bool:
    """Tell if an outcome is in sievert, whatever its method says of itself."""
    unit = outcome.result.unit if isinstance(outcome.result, Estimate) else ""
    return unit.endswith("Sv") or outcome.quantity.endswith("sv")


def _made(entry_point: EntryPoint, name: str) -> Method:
    """
    Import what an entry point names, and make the method if it is a class.

    Raises:
        BrokenMethodError: the import or the making fails, or what was made is no method.
    """
    try:
        loaded = entry_point.load()
        method: Any = loaded() if callable(loaded) else loaded
        named = [method.id, method.version]
        is_whole = callable(method.outcomes) and isinstance(method.is_effective_dose, bool)
    # A foreign module may fail in any way when it is imported, even by ending the process.
    except (Exception, SystemExit) as error:
        msg = f"{name} is left out: {entry_point.value} gives {type(error).__name__}: {error}"
        raise BrokenMethodError(msg) from error
    if not is_whole or not all(isinstance(one, str) and one for one in named):
        msg = f"{name} is left out: {entry_point.value} has no id, version, is_effective_dose or outcomes()"
        raise BrokenMethodError(msg)
    made: Method = method
    return made


def _fault(method: Method, outcome: object) -> str | None:
    if not isinstance(outcome, Outcome) or not _QUANTITY.fullmatch(outcome.quantity):
        return "an outcome is none, or its quantity is not written in lower case with its unit"
    result: object = outcome.result
    if isinstance(result, NotComputable):
        return None if result.reason else "a refusal has no reason"
    if not isinstance(result, Estimate):
        return "a result is neither an estimate nor a refusal"
    if (result.method_id, result.method_version) != (method.id, method.version):
        return "an estimate names another method"
    if not (result.unit and result.source and result.interval.source):
        return "an estimate has no unit or no source"
    return None if _is_sound(result) else "an estimate has no finite value in order with its interval"


def _is_sound(result: Estimate) -> bool:
    interval = result.interval
    numbers: Sequence[object] = (result.value, interval.low, interval.high, *(one.value for one in result.inputs))
    are_finite = all(isinstance(one, str) or (isinstance(one, float | int) and math.isfinite(one)) for one in numbers)
    is_probable = interval.coverage is None or 0 < interval.coverage <= 1
    return are_finite and is_probable and interval.low <= interval.high


def _is_ours(entry_point: EntryPoint) -> bool:
    return entry_point.dist is not None and entry_point.dist.name == "doseledger"


def _package(entry_point: EntryPoint) -> str:
    return f"{entry_point.dist.name} {entry_point.dist.version}" if entry_point.dist else "without metadata"
