"""Tests of dose_core.ledger.standing: whether an exam counts."""

import pytest

from dose_core.ledger.standing import EVENT_KNOWN, IDENTITIES_DISAGREE, Decided, Standing, standing_of

RULE = "the intent is quality control"


def stands(*decisions: Decided, patients: int = 1, rule: str | None = None, shares: bool = False) -> Standing:
    return standing_of(decisions, patients=patients, not_patient=rule, shares_events=shares).standing


class TestWithoutAWordOfAPerson:
    def test_an_exam_of_one_patient_counts(self) -> None:
        assert stands() is Standing.COUNTED

    @pytest.mark.parametrize(
        ("patients", "shares", "reason"),
        [(2, False, IDENTITIES_DISAGREE), (1, True, EVENT_KNOWN), (2, True, IDENTITIES_DISAGREE)],
    )
    def test_it_waits_where_it_is_unclear_whose_it_is(self, patients: int, *, shares: bool, reason: str) -> None:
        found = standing_of((), patients=patients, not_patient=None, shares_events=shares)

        assert (found.standing, found.reason) == (Standing.HELD, reason)

    def test_it_waits_where_its_objects_are_of_somebody_else_than_its_identifier(self) -> None:
        why = "another birth date"
        found = standing_of((), patients=1, not_patient=None, shares_events=True, disagreement=why)
        released = standing_of([Decided.RELEASED], patients=1, not_patient=None, shares_events=False, disagreement=why)

        assert (found.standing, found.reason) == (Standing.HELD, why)
        assert released.standing is Standing.COUNTED

    def test_a_rule_says_that_it_is_no_patients_before_anything_else(self) -> None:
        assert stands(patients=2, rule=RULE, shares=True) is Standing.NOT_PATIENT


class TestAPersonsWord:
    def test_releases_what_names_several_patients(self) -> None:
        assert stands(Decided.RELEASED, patients=2) is Standing.COUNTED

    def test_does_not_let_an_event_count_twice(self) -> None:
        assert stands(Decided.RELEASED, shares=True) is Standing.HELD

    def test_counts_as_it_was_given_last(self) -> None:
        assert stands(Decided.WITHDRAWN, Decided.RELEASED, patients=2) is Standing.HELD
        assert stands(Decided.PATIENT, Decided.NOT_PATIENT) is Standing.COUNTED

    def test_outweighs_a_rule(self) -> None:
        assert stands(Decided.PATIENT, rule=RULE) is Standing.COUNTED

    def test_about_whose_it_is_and_that_it_is_a_patients_are_two_things(self) -> None:
        assert stands(Decided.RELEASED, Decided.NOT_PATIENT) is Standing.NOT_PATIENT
        assert stands(Decided.PATIENT, Decided.RELEASED, rule=RULE, patients=2) is Standing.COUNTED
