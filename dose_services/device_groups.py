"""Which rows of devices are one machine: what their keys say, then what operators decided, in its order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dose_core.ledger.device_identity import Keys, devices_among


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An operator's word: these rows are of one machine, or (``is_split``) of a machine of their own."""

    device_ids: frozenset[UUID]
    is_split: bool


def machines(appearances: Mapping[UUID, Keys], decisions: Iterable[Decided]) -> tuple[frozenset[UUID], ...]:
    """
    Return the rows of each machine.

    The result depends on the rows and the decisions alone. A row without a key is a machine of its own. A decision
    names rows: those that the keys put beside them later belong to the same machine.
    """
    rows_of: dict[Keys, set[UUID]] = {}
    for device_id, keys in appearances.items():
        rows_of.setdefault(keys, set()).add(device_id)
    groups = [set().union(*(rows_of[keys] for keys in device)) for device in devices_among(appearances.values())]
    groups += [{device_id} for device_id, keys in appearances.items() if not keys]
    for decision in decisions:
        groups = _split(groups, decision.device_ids) if decision.is_split else _merged(groups, decision.device_ids)
    return tuple(frozenset(group) for group in groups if group)


def _merged(groups: Sequence[set[UUID]], device_ids: frozenset[UUID]) -> list[set[UUID]]:
    named = [group for group in groups if group & device_ids]
    return [*(group for group in groups if not group & device_ids), set().union(*named)]


def _split(groups: Sequence[set[UUID]], device_ids: frozenset[UUID]) -> list[set[UUID]]:
    known = set().union(*groups) & device_ids
    return [*(group - device_ids for group in groups), known]
