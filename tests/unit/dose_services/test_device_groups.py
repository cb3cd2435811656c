"""Tests of dose_services.device_groups: what keys say, and what operators decide over them."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from dose_core.model import DeviceStated
from dose_services.device_groups import Decided, machines
from tests.builders.devices import SCANNER, keys_of

ONE, TWO, THREE, FOUR = (UUID(int=number) for number in range(1, 5))
OTHER = replace(SCANNER, serial_number="AW1002", station_name="CT2")
UNSERIAL = replace(SCANNER, serial_number=None)
ROWS = {ONE: keys_of(SCANNER), TWO: keys_of(OTHER), THREE: keys_of(UNSERIAL), FOUR: keys_of(DeviceStated())}


def merged(*ids: UUID) -> Decided:
    return Decided(device_ids=frozenset(ids), is_split=False)


def split(*ids: UUID) -> Decided:
    return Decided(device_ids=frozenset(ids), is_split=True)


def groups(*decisions: Decided) -> set[frozenset[UUID]]:
    return set(machines(ROWS, decisions))


def test_are_those_that_the_keys_name() -> None:
    assert groups() == {frozenset({ONE, THREE}), frozenset({TWO}), frozenset({FOUR})}


def test_a_merge_takes_all_rows_of_both_machines() -> None:
    assert groups(merged(THREE, TWO)) == {frozenset({ONE, TWO, THREE}), frozenset({FOUR})}


def test_a_split_makes_one_machine_of_the_rows_that_it_names() -> None:
    assert groups(split(THREE)) == {frozenset({ONE}), frozenset({TWO}), frozenset({THREE}), frozenset({FOUR})}


def test_a_split_after_a_merge_parts_what_it_names_and_leaves_the_rest_merged() -> None:
    assert groups(merged(ONE, TWO), split(THREE)) == {frozenset({ONE, TWO}), frozenset({THREE}), frozenset({FOUR})}


def test_a_merge_after_a_split_joins_again() -> None:
    assert groups(split(THREE), merged(THREE, ONE)) == groups()


def test_a_decision_about_rows_that_are_not_there_changes_nothing() -> None:
    nowhere = UUID(int=99)

    assert groups(split(nowhere), merged(nowhere, ONE)) == groups()


_decisions = st.lists(
    st.builds(Decided, device_ids=st.frozensets(st.sampled_from(list(ROWS)), min_size=1), is_split=st.booleans()),
    max_size=6,
)


@given(_decisions)
def test_every_row_is_of_exactly_one_machine_whatever_was_decided(decisions: Sequence[Decided]) -> None:
    found = machines(ROWS, decisions)

    assert sorted(row for group in found for row in group) == sorted(ROWS)
