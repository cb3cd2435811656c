"""Tests of dose_services.visit_moves: exams go with the visit that their objects, or their orders, name."""

from itertools import permutations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.session import unit_of_work
from db.tables.exam import ExamRow
from dose_core.ledger.standing import IDENTITIES_DISAGREE, Decided
from dose_services import desk
from tests.builders.ct_reports import Header, of, report, study_uid
from tests.builders.hl7 import merge, message, msh, pid
from tests.builders.orders import imaging_order, moved_visit, order, renumbered_visit
from tests.support.fake_archive import FakeArchive
from tests.support.order_house import LOOKER, OrderHouse

STUDY = study_uid(1)
TWO_NAMED = ("held", IDENTITIES_DISAGREE)
RIS2 = [{"LocalNamespaceEntityID": "RIS2"}]
MOVE = moved_visit(to="P-7^^^HOSP", source="MOTORBIKE^^^HOSP", visit="V1^^^HOSP")


@pytest.fixture
def house(engine: Engine) -> OrderHouse:
    return OrderHouse(engine=engine, archive=FakeArchive())


def during(visit: str, patient: str = "MOTORBIKE", issuer: str | None = None) -> Header:
    """Return the header elements of a patient's object that names the visit during which it was made."""
    return {**of(patient), "AdmissionID": visit, "IssuerOfAdmissionID": issuer, "AccessionNumber": None}


def stands(engine: Engine) -> list[tuple[str, str | None]]:
    with Session(engine) as session:
        return [(row.state, row.state_reason) for row in session.scalars(select(ExamRow))]


class TestAnExamWhoseObjectsNameTheVisit:
    @pytest.mark.parametrize("is_move_first", [True, False])
    def test_goes_with_it_whichever_comes_first_and_without_any_order(
        self, house: OrderHouse, *, is_move_first: bool
    ) -> None:
        if is_move_first:
            house.tell(MOVE)
        house.receive([report(1, **during("V1", issuer="HOSP"))])
        if not is_move_first:
            house.tell(MOVE)

        assert (house.history("MOTORBIKE"), house.history("P-7")) == ([], [STUDY])
        assert house.decisions() == [("released", "hl7")]

    @pytest.mark.parametrize("places", list(permutations(range(3))))
    def test_goes_with_it_if_its_patient_is_merged_into_the_one_before_the_move_whatever_comes_first(
        self, house: OrderHouse, places: tuple[int, ...]
    ) -> None:
        steps = (
            lambda: house.receive([report(1, **during("V1", patient="P-1"))]),
            lambda: house.tell(merge(survivor="MOTORBIKE^^^HOSP", subsumed="P-1^^^HOSP", at="20260301110000")),
            lambda: house.tell(MOVE),
        )
        for place in places:
            steps[place]()

        assert house.history("P-7") == [STUDY]

    def test_goes_with_its_account_by_an_a44(self, house: OrderHouse) -> None:
        house.receive([report(1, **during("K1"))])
        a44 = moved_visit(to="P-7^^^HOSP", source="MOTORBIKE^^^HOSP", visit="", event="A44")
        house.tell(a44.replace(b"MRG|MOTORBIKE^^^HOSP||||", b"MRG|MOTORBIKE^^^HOSP||K1^^^HOSP"))

        assert house.history("P-7") == [STUDY]

    def test_goes_with_the_number_that_the_visit_has_meanwhile(self, house: OrderHouse) -> None:
        house.receive([report(1, **during("V0"))])
        house.tell(renumbered_visit(identifiers="MOTORBIKE^^^HOSP", old="V0^^^HOSP", new="V1^^^HOSP"), MOVE)

        assert house.history("P-7") == [STUDY]

    def test_goes_with_the_visit_of_which_it_names_an_alternate_number(self, house: OrderHouse) -> None:
        house.receive([report(1, **during("ALT1"))])
        a51 = message(
            msh("ADT^A51", at="20260301121000"),
            pid("MOTORBIKE^^^HOSP"),
            "MRG|MOTORBIKE^^^HOSP|||||ALT1",
            f"PV1|1|O{'|' * 17}V1^^^HOSP{'|' * 31}ALT2",
        )
        house.tell(a51, MOVE)

        assert house.history("P-7") == [STUDY]

    @pytest.mark.parametrize(
        "header",
        [during("V2"), during("V1", issuer="OTHER"), during("V1", patient="P-1")],
        ids=("visit", "issuer", "of"),
    )
    def test_stays_if_it_is_another_visit_or_another_patients(self, house: OrderHouse, header: Header) -> None:
        house.receive([report(1, **header)])
        house.tell(MOVE)

        assert house.history(header["PatientID"]) == [STUDY]
        assert house.decisions() == []

    def test_goes_by_what_its_objects_name_where_the_order_names_another_visit(self, house: OrderHouse) -> None:
        to_p8 = moved_visit(
            to="P-8^^^HOSP", source="MOTORBIKE^^^HOSP", visit="V2^^^HOSP", at="20260301124000", control_id="MOV2"
        )
        house.tell(order(study=STUDY, identifiers="MOTORBIKE^^^HOSP", visit="V2^^^HOSP"), MOVE, to_p8)
        house.receive([report(1, **during("V1"))])

        assert (house.history("P-7"), house.history("P-8")) == ([STUDY], [])

    def test_goes_once_for_each_message_so_that_a_person_can_put_it_back(self, house: OrderHouse) -> None:
        house.receive([report(1, **during("V1"))])
        house.tell(MOVE)
        with unit_of_work(house.engine) as session:
            desk.decide(
                session,
                house.exam_id(1),
                Decided.WITHDRAWN,
                patient_id=None,
                comment="no",
                looker=LOOKER,
                now=house.now,
                site=house.site,
            )
        house.follow()
        house.receive([report(2, study=1, **during("V1"))])

        assert house.history("MOTORBIKE") == [STUDY]


class TestAnExamThatWaitsSinceItsObjectsNameTwoPatients:
    def test_is_freed_by_the_merge_of_both(self, house: OrderHouse, engine: Engine) -> None:
        house.receive([report(1, **of("MOTORBIKE")), report(2, study=1, **of("P-7"))])
        before = stands(engine)
        house.tell(merge(survivor="P-7^^^HOSP", subsumed="MOTORBIKE^^^HOSP", at="20260301123000"))

        assert before == [TWO_NAMED]
        assert (stands(engine), house.history("P-7")) == ([("counted", None)], [STUDY])

    @pytest.mark.parametrize("places", list(permutations(range(3))))
    def test_is_freed_by_the_move_of_its_visit_whatever_comes_first(
        self, house: OrderHouse, engine: Engine, places: tuple[int, ...]
    ) -> None:
        steps = (
            lambda: house.receive([report(1, **during("V1"))]),
            lambda: house.receive([report(2, study=1, **during("V1", patient="P-7"))]),
            lambda: house.tell(MOVE),
        )
        for place in places:
            steps[place]()

        assert (stands(engine), house.history("P-7")) == ([("counted", None)], [STUDY])

    def test_is_freed_by_the_move_of_the_visit_of_its_order(self, house: OrderHouse, engine: Engine) -> None:
        house.receive([report(1, **of("MOTORBIKE")), report(2, study=1, **of("P-7"))])
        house.tell(order(study=STUDY, identifiers="MOTORBIKE^^^HOSP", visit="V1^^^HOSP"), MOVE)

        assert (stands(engine), house.history("P-7")) == ([("counted", None)], [STUDY])

    def test_waits_on_if_it_names_a_third_whom_no_move_concerns(self, house: OrderHouse, engine: Engine) -> None:
        house.receive([report(1, **during("V1")), report(2, study=1, **during("V1", patient="P-3"))])
        house.tell(MOVE)

        assert stands(engine) == [TWO_NAMED]


class TestTwoSystemsThatGiveEqualAccessionNumbers:
    def test_do_not_meet_in_an_exam_that_names_its_issuer(self, house: OrderHouse) -> None:
        house.tell(
            imaging_order(study="", accession="A-7"),
            imaging_order(study="", accession="A-7", control_id="OMI2")
            .replace(b"A-7^RIS", b"A-7^RIS2")
            .replace(b"PL1^RIS|FL1^RIS", b"PL2^RIS2|FL2^RIS2"),
        )
        house.receive([report(1, **of("P-1"), AccessionNumber="A-7", IssuerOfAccessionNumberSequence=RIS2)])

        assert house.matches() == [("PL2", STUDY, "accession", "high")]
