"""Tests of dose_core.identity.agreement: what an object states against what is known of a patient."""

from datetime import date

import pytest

from dose_core.identity.agreement import OTHER_BIRTH_DATE, OTHER_NAME, Known, disagreement

BORN = date(1960, 1, 1)
ANNA = Known(names=("Birnbaum^Anna",), birth_dates=(BORN,))
MARRIED = Known(names=("Birnbaum^Anna", "Hammer^Rosa"), birth_dates=(BORN, date(1961, 1, 1)))


class TestDisagreement:
    def test_is_none_where_both_agree(self) -> None:
        assert disagreement("BIRNBAUM^ANNA", BORN, [ANNA]) is None

    def test_is_a_birth_date_that_was_never_stated_of_the_patient(self) -> None:
        assert disagreement("Birnbaum^Anna", date(1950, 1, 1), [ANNA]) == OTHER_BIRTH_DATE

    def test_is_a_name_that_shares_nothing_with_any_that_the_patient_ever_had(self) -> None:
        assert disagreement("Zange^Otto", BORN, [MARRIED]) == OTHER_NAME

    @pytest.mark.parametrize("name", ["Birnbaum^Anna", "Hammer^Rosa"])
    @pytest.mark.parametrize("born", [BORN, date(1961, 1, 1)])
    def test_is_none_for_each_name_and_birth_date_that_the_patient_ever_had(self, name: str, born: date) -> None:
        assert disagreement(name, born, [MARRIED]) is None

    def test_is_none_for_what_is_known_of_somebody_who_is_the_same_person(self) -> None:
        otto = Known(names=("Zange^Otto",), birth_dates=(date(1950, 1, 1),))

        assert disagreement("Zange^Otto", date(1950, 1, 1), [ANNA, otto]) is None

    def test_is_none_where_nothing_is_known(self) -> None:
        assert disagreement("Zange^Otto", BORN, [Known()]) is None

    @pytest.mark.parametrize("name", [None, "", "^", "ANONYMOUS", "Anonymisiert^0815", "TEST^TEST", "Unbekannt, 18:10"])
    def test_is_none_where_the_object_names_nobody(self, name: str | None) -> None:
        assert disagreement(name, None, [ANNA]) is None

    def test_is_none_where_the_patient_was_known_as_nobody_alone(self) -> None:
        assert disagreement("Zange^Otto", None, [Known(names=("Motorrad, Unfall 18:10",))]) is None

    def test_is_none_for_a_birth_date_that_stands_for_none(self) -> None:
        assert disagreement("Birnbaum^Anna", date(1900, 1, 1), [ANNA]) is None
        assert disagreement("Birnbaum^Anna", BORN, [Known(birth_dates=(date(1900, 1, 1),))]) is None

    def test_says_nothing_of_the_patient(self) -> None:
        assert not any(word in OTHER_NAME + OTHER_BIRTH_DATE for word in ("Birnbaum", "1960"))
