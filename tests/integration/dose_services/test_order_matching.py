"""Tests of dose_services.order_matching and order_watch: which exams are of which orders, and what is missing."""

import pytest
from sqlalchemy import Engine

from tests.builders.ct_reports import of, report, study_uid
from tests.builders.hl7 import merge
from tests.builders.orders import imaging_order, moved_visit, order, renumbered_visit, result
from tests.support.dose_house import QUIET_S
from tests.support.fake_archive import FakeArchive
from tests.support.order_house import OrderHouse

STUDY = study_uid(1)
BY_UID = [("PL1", STUDY, "study_uid", "certain")]


@pytest.fixture
def house(engine: Engine) -> OrderHouse:
    return OrderHouse(engine=engine, archive=FakeArchive())


class TestAnExamAndItsOrderFindEachOther:
    @pytest.mark.parametrize("is_order_first", [True, False])
    def test_by_study_uid_whichever_comes_first(self, house: OrderHouse, *, is_order_first: bool) -> None:
        if is_order_first:
            house.tell(imaging_order(study=STUDY))
        house.receive([report(1, **of("P-1"))])
        if not is_order_first:
            house.tell(imaging_order(study=STUDY))

        assert house.matches() == BY_UID
        assert house.told() == {}

    @pytest.mark.parametrize("is_order_first", [True, False])
    def test_by_accession_number_of_one_patient(self, house: OrderHouse, *, is_order_first: bool) -> None:
        if is_order_first:
            house.tell(order())
        house.receive([report(1, **of("P-1"))])
        if not is_order_first:
            house.tell(order())

        assert house.matches() == [("PL1", STUDY, "accession", "high")]

    def test_by_the_number_of_the_order_where_no_accession_number_is_stated(self, house: OrderHouse) -> None:
        house.tell(order(filler="ACC-1", accession=""))
        house.receive([report(1, **of("P-1"))])

        assert house.matches() == [("PL1", STUDY, "accession", "high")]

    @pytest.mark.parametrize("is_order_first", [True, False])
    def test_by_patient_modality_and_time(self, house: OrderHouse, *, is_order_first: bool) -> None:
        if is_order_first:
            house.tell(order(accession=""))
        house.receive([report(1, AccessionNumber=None, **of("P-1"))])
        if not is_order_first:
            house.tell(order(accession=""))

        assert house.matches() == [("PL1", STUDY, "patient_and_time", "low")]

    def test_not_by_time_where_two_orders_may_be_meant(self, house: OrderHouse) -> None:
        house.tell(order(accession=""), order(placer="PL2", filler="FL2", accession="", control_id="2"))
        house.receive([report(1, AccessionNumber=None, **of("P-1"))])

        assert house.matches() == []

    def test_by_what_is_stronger_once_it_is_known(self, house: OrderHouse) -> None:
        house.tell(order(accession=""))
        house.receive([report(1, AccessionNumber=None, **of("P-1"))])
        house.receive([report(2, AccessionNumber=None, **of("P-1"))])
        house.tell(order("XO", accession="", study=study_uid(2), at="20260301100000", control_id="2"))

        assert house.matches() == [("PL1", study_uid(2), "study_uid", "certain")]


class TestFindings:
    def test_a_cancelled_order_with_a_dose_is_told_until_it_lives_again(self, house: OrderHouse) -> None:
        house.receive([report(1, **of("P-1"))])
        house.tell(order(study=STUDY), order("CA", study=STUDY, at="20260301093000", control_id="2"))
        cancelled = house.told()
        house.tell(order("XO", study=STUDY, status="SC", at="20260301100000", control_id="3"))

        assert list(cancelled) == ["cancelled_order_with_dose"]
        assert house.told() == {}

    def test_an_order_of_another_patient_is_told_and_the_exam_stays_whose_it_is(self, house: OrderHouse) -> None:
        house.receive([report(1, **of("P-1"))])
        house.tell(order(study=STUDY, identifiers="P-2^^^HOSP"))

        assert list(house.told()) == ["order_of_another_patient"]
        assert "P-" not in house.told()["order_of_another_patient"]
        assert house.history("P-1") == [STUDY]

    def test_an_order_completed_without_dose_is_told_with_its_cause_after_the_quiet_time(
        self, house: OrderHouse
    ) -> None:
        house.tell(imaging_order(study=STUDY), result("F", at="20260301130000"))
        house.look_around()
        at_once = house.told()
        house.wait(QUIET_S + 3600)
        house.look_around()
        later = house.told()
        house.receive([report(1, **of("P-1"))])
        house.look_around()

        assert at_once == {}
        assert later == {
            "order_without_dose": "completed, and has no dose: "
            "no object of the station on which it was planned has ever come"
        }
        assert house.told() == {}

    def test_an_order_of_what_does_not_irradiate_needs_no_dose(self, house: OrderHouse) -> None:
        house.tell(imaging_order(study=STUDY, modality="MR"), result("F", modality="MR"))
        house.wait(QUIET_S + 3600)
        house.look_around()

        assert house.told() == {}

    def test_a_dose_without_order_is_told_only_where_such_orders_are_sent(self, house: OrderHouse) -> None:
        house.receive([report(1, **of("P-1"))])
        house.wait(QUIET_S + 3600)
        house.look_around()
        without_feed = house.told()
        house.tell(order(placer="PL9", filler="FL9", accession="OTHER", identifiers="P-9^^^HOSP"))
        house.look_around()

        assert without_feed == {}
        assert list(house.told()) == ["dose_without_order"]


class TestAMovedVisit:
    def test_takes_its_exams_to_the_right_patient_whichever_message_comes_first(self, house: OrderHouse) -> None:
        house.receive([report(1, **of("MOTORBIKE"))])
        house.tell(order(study=STUDY, identifiers="MOTORBIKE^^^HOSP", visit="V1^^^HOSP"))
        house.tell(moved_visit(to="P-7^^^HOSP", source="MOTORBIKE^^^HOSP", visit="V1^^^HOSP"))

        assert (house.history("MOTORBIKE"), house.history("P-7")) == ([], [STUDY])
        assert house.decisions() == [("released", "hl7")]
        assert house.told() == {}
        assert house.order().patient_id == house.patient_id("P-7")

    def test_takes_an_exam_that_comes_after_it(self, house: OrderHouse) -> None:
        house.tell(moved_visit(to="P-7^^^HOSP", source="MOTORBIKE^^^HOSP", visit="V1^^^HOSP"))
        house.tell(order(study=STUDY, identifiers="MOTORBIKE^^^HOSP", visit="V1^^^HOSP"))
        house.receive([report(1, **of("MOTORBIKE"))])

        assert (house.history("MOTORBIKE"), house.history("P-7")) == ([], [STUDY])

    def test_is_known_by_the_number_that_it_has_meanwhile(self, house: OrderHouse) -> None:
        house.receive([report(1, **of("MOTORBIKE"))])
        house.tell(
            moved_visit(to="P-7^^^HOSP", source="MOTORBIKE^^^HOSP", visit="V2^^^HOSP"),
            order(study=STUDY, identifiers="MOTORBIKE^^^HOSP", visit="V1^^^HOSP"),
            renumbered_visit(identifiers="MOTORBIKE^^^HOSP", old="V1^^^HOSP", new="V2^^^HOSP"),
        )

        assert house.history("P-7") == [STUDY]

    def test_stays_where_the_newest_move_took_it(self, house: OrderHouse) -> None:
        house.receive([report(1, **of("MOTORBIKE"))])
        house.tell(
            order(study=STUDY, identifiers="MOTORBIKE^^^HOSP", visit="V1^^^HOSP"),
            moved_visit(
                to="P-8^^^HOSP", source="P-7^^^HOSP", visit="V1^^^HOSP", at="20260301124000", control_id="MOV2"
            ),
            moved_visit(to="P-7^^^HOSP", source="MOTORBIKE^^^HOSP", visit="V1^^^HOSP", at="20260301123000"),
        )

        assert (house.history("MOTORBIKE"), house.history("P-7"), house.history("P-8")) == ([], [], [STUDY])

    def test_of_another_persons_visit_of_the_same_number_moves_nothing(self, house: OrderHouse) -> None:
        house.receive([report(1, **of("P-1"))])
        house.tell(
            order(study=STUDY, visit="V1^^^HOSP"),
            moved_visit(to="P-7^^^HOSP", source="MOTORBIKE^^^HOSP", visit="V1^^^HOSP"),
        )

        assert house.history("P-1") == [STUDY]

    def test_by_its_account_takes_its_exams_as_well(self, house: OrderHouse) -> None:
        house.receive([report(1, **of("MOTORBIKE"))])
        house.tell(order(study=STUDY, identifiers="MOTORBIKE^^^HOSP", account="K1^^^HOSP"))
        a44 = moved_visit(to="P-7^^^HOSP", source="MOTORBIKE^^^HOSP", visit="", event="A44")
        house.tell(a44.replace(b"MRG|MOTORBIKE^^^HOSP||||", b"MRG|MOTORBIKE^^^HOSP||K1^^^HOSP"))

        assert house.history("P-7") == [STUDY]


class TestPatientsWhoAreOne:
    def test_have_their_orders_and_exams_matched_once_they_are_merged(self, house: OrderHouse) -> None:
        house.receive([report(1, AccessionNumber=None, **of("A"))])
        house.tell(order(identifiers="B^^^HOSP", accession=""))
        apart = house.matches()
        house.tell(merge(survivor="B^^^HOSP", subsumed="A^^^HOSP", at="20260301123000"))

        assert apart == []
        assert house.matches() == [("PL1", STUDY, "patient_and_time", "low")]

    def test_are_not_told_as_two_once_they_are_merged(self, house: OrderHouse) -> None:
        house.receive([report(1, **of("A"))])
        house.tell(order(study=STUDY, identifiers="B^^^HOSP"))
        apart = list(house.told())
        house.tell(merge(survivor="B^^^HOSP", subsumed="A^^^HOSP", at="20260301123000"))

        assert apart == ["order_of_another_patient"]
        assert house.told() == {}
