"""Tests of dose_services.device_watch: what is told of devices."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from db.repositories.device_watch import Days, Way
from dose_core.ledger.device_class import DeviceClass
from dose_services.device_watch import mixed, silent, unknown_models
from dose_services.devices import Device

ONE, TWO = UUID(int=1), UUID(int=2)
MONDAY = date(2026, 3, 2)
SEEN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class TestMixedSource:
    def test_is_told_of_a_machine_with_several_ways_alone(self) -> None:
        ways = [
            Way(machine_id=ONE, sender="system:plugin", calling_aet="CT1"),
            Way(machine_id=ONE, sender="system:plugin", calling_aet="PACS"),
            Way(machine_id=TWO, sender="system:plugin", calling_aet="CT2"),
        ]

        assert mixed(ways) == {ONE: "its objects come on 2 ways: CT1 by system:plugin, PACS by system:plugin"}
        assert mixed(ways[::-1]) == mixed(ways)


def workdays(weeks: int) -> tuple[date, ...]:
    """Return Mondays to Fridays; the last one is a Friday."""
    return tuple(MONDAY + timedelta(days=7 * week + day) for week in range(weeks) for day in range(5))


def quiet(days: tuple[date, ...]) -> Days:
    return Days(machine_id=ONE, last_at=SEEN, days=days)


class TestSilence:
    @pytest.mark.parametrize(("after", "is_silent"), [(3, False), (6, False), (7, True)])
    def test_is_twice_the_longest_break_of_before(self, after: int, *, is_silent: bool) -> None:
        """From Friday to Monday are three days, so that six are a long weekend and seven are silence."""
        days = workdays(3)

        assert bool(silent([quiet(days)], today=days[-1] + timedelta(days=after))) is is_silent

    def test_of_a_device_that_never_rests_is_told_after_two_days(self) -> None:
        days = tuple(MONDAY + timedelta(days=number) for number in range(10))

        assert silent([quiet(days)], today=days[-1] + timedelta(days=2)) == {}
        told = silent([quiet(days)], today=days[-1] + timedelta(days=3))
        assert told == {ONE: "no object since 2026-03-11; in the twelve weeks before, the longest break was 1 day(s)"}

    def test_says_the_same_tomorrow(self) -> None:
        """What a person closed stays closed as long as its text is the same."""
        days = workdays(3)

        assert silent([quiet(days)], today=date(2026, 6, 1)) == silent([quiet(days)], today=date(2026, 6, 2))

    def test_is_not_told_of_what_has_no_habit_yet(self) -> None:
        assert silent([quiet(workdays(1))], today=date(2026, 6, 1)) == {}


def machine(number: int, *, model: str | None = "CT 64", maker: str | None = "ACME") -> Device:
    return Device(
        id=UUID(int=number),
        site="",
        manufacturer=maker,
        model=model,
        serial_number=None,
        station_name=None,
        institution=None,
        observer_uid=None,
        ae_title=None,
        organisation_id=None,
        sends_no_rdsr=False,
        classed_as=DeviceClass.BY_DOSE,
        first_seen_at=SEEN + timedelta(days=number),
        last_object_at=None,
        appearances=1,
    )


class TestUnknownModels:
    def test_are_told_of_the_first_machine_of_each_model(self) -> None:
        machines = [machine(3), machine(2, model="ct64", maker="Acme Works"), machine(4, model="Another")]

        assert unknown_models(machines) == {
            UUID(int=2): "the first device of the model ct64 of Acme Works",
            UUID(int=4): "the first device of the model Another of ACME",
        }

    def test_are_those_that_nobody_names_too(self) -> None:
        told = unknown_models([machine(1, model=None), replace(machine(2), manufacturer=None)])

        assert told[UUID(int=1)] == "its objects name no model (0008,1090)"
        assert told[UUID(int=2)].endswith("of an unnamed maker")
