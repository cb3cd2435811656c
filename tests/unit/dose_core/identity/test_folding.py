"""Tests of dose_core.identity.folding: what follows from facts, by the rules of HL7 chapter 3."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dose_core.identity.facts import Fact, Identifier, Kind
from dose_core.identity.folding import Refusal, Verdict, fold
from dose_core.identity.people import People
from tests.builders.identity_model import DAYS, Model, Said

MORNING = datetime(2024, 3, 6, 8, 0, tzinfo=UTC)
KINDS = {
    "update": Kind.UPDATE,
    "listed": Kind.UPDATE,
    "merge": Kind.MERGE,
    "move": Kind.MOVE,
    "change": Kind.CHANGE,
    "link": Kind.LINK,
    "unlink": Kind.UNLINK,
}


def fact(said: Said, minute: int) -> Fact:
    kind, who, other = said
    named = Identifier(who, "HOSP")
    stated: dict[str, str | None] = {"name": other} if kind == "update" and other else {"name": "Ek^Alma"}
    if kind == "listed":
        return _fact(Kind.UPDATE, minute, (named, Identifier(other, "HOSP")), (), {})
    if kind == "update":
        return _fact(Kind.UPDATE, minute, (named,), (), stated if other else {})
    told = stated if kind == "link" else {}
    return replace(_fact(KINDS[kind], minute, (named,), (Identifier(other, "HOSP"),), stated), others_stated=told)


def _fact(
    kind: Kind,
    minute: int,
    who: tuple[Identifier, ...],
    others: tuple[Identifier, ...],
    stated: dict[str, str | None],
) -> Fact:
    at = MORNING + timedelta(minutes=minute)
    return Fact(kind=kind, at=at, number=minute, who=who, others=others, stated=stated)


def day(*said: Said) -> tuple[People, list[Verdict]]:
    people = People()
    verdicts = fold(people, [fact(one, minute) for minute, one in enumerate(said)])
    return people, list(verdicts.values())


def refusal(*said: Said) -> Refusal | None:
    return day(*said)[1][-1].refusal


class TestMerge:
    def test_the_survivor_stands_for_the_subsumed(self) -> None:
        people, _ = day(("update", "A", "Ek^Alma"), ("merge", "B", "A"), ("merge", "C", "B"))

        assert people.living(people.persons["A", "HOSP"]).home == ("C", "HOSP")
        assert people.families() == [frozenset({("A", "HOSP"), ("B", "HOSP"), ("C", "HOSP")})]

    def test_the_reverse_lets_the_first_survive_again(self) -> None:
        people, _ = day(("merge", "B", "A"), ("merge", "A", "B"))

        assert people.persons["A", "HOSP"].merged_into is None
        assert people.persons["B", "HOSP"].merged_into == ("A", "HOSP")

    def test_a_longer_loop_is_refused_and_changes_nothing(self) -> None:
        day_before = [("merge", "B", "A"), ("merge", "C", "B")]
        people, _ = day(*day_before, ("merge", "A", "C"))

        assert refusal(*day_before, ("merge", "A", "C")) is Refusal.LOOP
        assert people.persons == day(*day_before)[0].persons
        assert refusal(*day_before, ("merge", "B", "C")) is None, "the reverse of the last one"

    def test_a_loop_is_none_any_more_once_a_person_has_split_it(self) -> None:
        said = [fact(one, minute) for minute, one in enumerate([("merge", "B", "A"), ("merge", "C", "B")])]
        split = _fact(Kind.SPLIT, 2, (Identifier("A", "HOSP"),), (), {})
        people = People()

        verdicts = fold(people, [*said, split, fact(("merge", "A", "C"), 3)])

        assert verdicts[3].refusal is None
        assert people.living(people.persons["B", "HOSP"]).home == ("A", "HOSP")

    def test_who_was_merged_is_not_merged_into_somebody_else(self) -> None:
        assert refusal(("merge", "B", "A"), ("merge", "C", "A")) is Refusal.MERGED_ELSEWHERE

    def test_nothing_of_a_refused_message_is_taken(self) -> None:
        a, b, c, d = (Identifier(value, "HOSP") for value in "ABCD")
        people = People()
        fold(people, [_fact(Kind.MERGE, 0, (b,), (a,), {})])

        said = [_fact(Kind.MERGE, 1, (c,), (d,), {}), _fact(Kind.MERGE, 1, (c,), (a,), {})]

        assert fold(people, said)[1].refusal is Refusal.MERGED_ELSEWHERE
        assert set(people.persons) == {a.key, b.key}


class TestChangeOfIdentifiers:
    def test_a_moved_identifier_leaves_its_person_who_lives_on(self) -> None:
        people, _ = day(("listed", "A", "B"), ("move", "C", "B"))

        assert people.owner_of(("B", "HOSP")) is people.persons["C", "HOSP"]
        assert people.owner_of(("A", "HOSP")) is people.persons["A", "HOSP"]

    def test_a_replaced_identifier_still_finds_the_person(self) -> None:
        people, _ = day(("update", "A", "Ek^Alma"), ("change", "B", "A"))

        assert people.owner_of(("A", "HOSP")) is people.owner_of(("B", "HOSP"))
        assert people.owners["A", "HOSP"].replaced_at == MORNING + timedelta(minutes=1)

    def test_nothing_more_is_heard_under_a_replaced_identifier(self) -> None:
        assert refusal(("change", "B", "A"), ("update", "A", "Ek^Berta")) is Refusal.REPLACED

    def test_an_identifier_that_somebody_has_replaces_none(self) -> None:
        assert refusal(("update", "A", "x"), ("update", "B", "y"), ("change", "B", "A")) is Refusal.TAKEN


class TestLink:
    def test_both_live_on_in_one_family_until_the_link_is_taken_back(self) -> None:
        linked, _ = day(("link", "A", "B"))
        unlinked, _ = day(("link", "A", "B"), ("unlink", "B", "A"))

        assert len(linked.families()) == 1
        assert len(unlinked.families()) == 2
        assert {one.merged_into for one in linked.persons.values()} == {None}

    def test_unlinking_undoes_no_merge(self) -> None:
        people, verdicts = day(("merge", "A", "B"), ("unlink", "A", "B"))

        assert len(people.families()) == 1
        assert verdicts[-1].notes == ("there was no link between the two",)


class TestSplit:
    def test_a_merge_is_taken_back(self) -> None:
        people, _ = day(("merge", "B", "A"))
        split = Fact(kind=Kind.SPLIT, at=MORNING + timedelta(hours=1), who=(Identifier("A", "HOSP"),), is_by_home=True)

        fold(people, [split])

        assert len(people.families()) == 2

    def test_a_merge_that_comes_late_stays_taken_back(self) -> None:
        split = Fact(kind=Kind.SPLIT, at=MORNING + timedelta(hours=1), who=(Identifier("A", "HOSP"),), is_by_home=True)
        people = People()

        fold(people, [split, fact(("merge", "B", "A"), 0)])

        assert len(people.families()) == 2


class TestDemographics:
    def test_an_older_statement_fills_what_no_newer_one_told(self) -> None:
        a = (Identifier("A", "HOSP"),)
        people = People()
        fold(people, [_fact(Kind.UPDATE, 9, a, (), {"name": "Ek^Berta"})])
        fold(people, [_fact(Kind.UPDATE, 1, a, (), {"name": "Ek^Alma", "sex": "F"})])

        person = people.persons["A", "HOSP"]
        assert (person.value("name"), person.value("sex")) == ("Ek^Berta", "F")

    def test_a_deletion_is_a_statement_too(self) -> None:
        a = (Identifier("A", "HOSP"),)
        people = People()
        fold(people, [_fact(Kind.UPDATE, 9, a, (), {"name": None})])
        fold(people, [_fact(Kind.UPDATE, 1, a, (), {"name": "Ek^Alma"})])

        assert people.persons["A", "HOSP"].value("name") is None

    def test_who_was_deleted_is_there_again_when_told_of_again(self) -> None:
        a = (Identifier("A", "HOSP"),)
        people = People()
        fold(people, [_fact(Kind.UPDATE, 0, a, (), {}), _fact(Kind.DELETE, 1, a, (), {})])
        deleted_at = people.persons["A", "HOSP"].deleted_at
        fold(people, [_fact(Kind.UPDATE, 2, a, (), {})])

        assert deleted_at == MORNING + timedelta(minutes=1)
        assert people.persons["A", "HOSP"].deleted_at is None


@pytest.mark.parametrize("kind", ["merge", "move", "change", "link"])
def test_whoever_is_unknown_is_created(kind: str) -> None:
    people, verdicts = day((kind, "A", "B"))

    assert verdicts == [Verdict()]
    assert people.owner_of(("A", "HOSP")) is not None
    assert people.owner_of(("B", "HOSP")) is not None


@given(DAYS)
def test_a_day_ends_as_the_model_of_it(said: list[Said]) -> None:
    model = Model()
    for one in said:
        model.hear(one)

    people, _ = day(*said)

    assert {key[0]: owner.home for key, owner in people.owners.items()}.keys() == model.owner.keys()
    for value, whose in model.owner.items():
        person = people.persons[people.owners[value, "HOSP"].home]
        assert people.living(person).value("name") == model.name[model.top(whose)]
        assert (person.merged_into is None) is (whose not in model.into)
        family = next(group for group in people.families() if person.home in group)
        assert {key[0] for key, owner in people.owners.items() if owner.home in family} == model.family(value)


@given(DAYS, st.randoms())
def test_the_order_in_which_facts_are_given_does_not_matter(said: list[Said], random: Random) -> None:
    facts = [fact(one, minute) for minute, one in enumerate(said)]
    shuffled = list(facts)
    random.shuffle(shuffled)
    one, other = People(), People()

    assert fold(one, facts) == fold(other, shuffled)
    assert one == other
