"""Tests of dose_services.identity_loops: who merges in a circle is told to a person, until somebody broke it."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import Engine

from db.session import unit_of_work
from dose_services import identity_desk
from tests.support.identity_house import MORNING, IdentityHouse, pid
from tests.support.outbound_house import PHIL

CIRCLE = (("B", "A"), ("C", "B"), ("A", "C"))


@pytest.fixture
def house(engine: Engine) -> IdentityHouse:
    return IdentityHouse(engine)


def merge(house: IdentityHouse, survivor: str, subsumed: str, *, minute: int) -> str:
    return house.hear("A40", pid(survivor), f"MRG|{subsumed}", minute=minute)


def go_round(house: IdentityHouse) -> None:
    for minute, (survivor, subsumed) in enumerate(CIRCLE, start=1):
        merge(house, survivor, subsumed, minute=minute)


def unmerge(house: IdentityHouse, value: str, *, minute: int) -> None:
    now = MORNING + timedelta(minutes=minute)
    with unit_of_work(house.engine) as session:
        identity_desk.unmerge(session, house.patient_id(value), reason="they were two", looker=PHIL, now=now)


def loops(house: IdentityHouse) -> list[str]:
    """Return the texts of what is open."""
    query = "SELECT text FROM finding WHERE kind = 'merge_loop' AND resolved_at IS NULL ORDER BY raised_at"
    return [text for (text,) in house.rows(query)]


def test_a_circle_of_merges_is_a_finding_without_patient_data(house: IdentityHouse) -> None:
    go_round(house)

    (text,) = loops(house)
    assert f"{house.patient_id('C')} into {house.patient_id('A')}" in text
    assert "Ek" not in text


def test_it_closes_when_a_person_takes_one_of_the_merges_back(house: IdentityHouse) -> None:
    go_round(house)
    unmerge(house, "A", minute=9)

    assert loops(house) == []


def test_it_closes_when_a_reverse_merge_undoes_one(house: IdentityHouse) -> None:
    go_round(house)
    merge(house, "B", "C", minute=8)  # B lives, so that what stands is one step from what was refused

    assert loops(house) == []


def test_it_closes_when_an_older_message_makes_the_merge_right(house: IdentityHouse) -> None:
    """A comes to be merged elsewhere before: then it is not merged into B, and no circle closes."""
    merge(house, "B", "A", minute=3)
    merge(house, "C", "B", minute=4)
    merge(house, "A", "C", minute=5)
    assert len(loops(house)) == 1

    merge(house, "Z", "A", minute=1)

    assert loops(house) == []


def test_other_merges_leave_it_open(house: IdentityHouse) -> None:
    go_round(house)
    merge(house, "X", "Y", minute=7)
    house.hear("A08", pid("C", "Ek^Berta"), minute=8)
    merge(house, "C", "D", minute=9)

    assert len(loops(house)) == 1


def test_it_is_open_whatever_came_first(engine: Engine) -> None:
    """Each circle is of people of its own, heard in another order."""
    house = IdentityHouse(engine)
    for number, order in enumerate(permutations(range(3))):
        for step in order:
            survivor, subsumed = CIRCLE[step]
            merge(house, f"{survivor}{number}", f"{subsumed}{number}", minute=step + 1)

        assert len(loops(house)) == number + 1, order


def test_a_message_that_contradicts_itself_is_one_too(house: IdentityHouse) -> None:
    pairs = [segment for survivor, subsumed in CIRCLE for segment in (pid(survivor), f"MRG|{subsumed}")]

    assert house.hear("A40", *pairs, minute=1) == "AE 204"
    assert len(loops(house)) == 1


def test_what_a_person_closed_stays_closed(house: IdentityHouse) -> None:
    go_round(house)
    with unit_of_work(house.engine) as session:
        session.connection().exec_driver_sql(
            "UPDATE finding SET resolved_at = now(), closed_by = 'user:phil', comment = 'the sender was told'"
        )
    merge(house, "Z", "C", minute=0)

    assert loops(house) == []


def test_it_closes_once_what_it_is_about_is_erased(house: IdentityHouse) -> None:
    go_round(house)
    with unit_of_work(house.engine) as session:
        session.connection().exec_driver_sql("DELETE FROM identity_fact")  # as when a patient expires
    merge(house, "X", "Y", minute=9)

    assert loops(house) == []
