"""Tests of hl7_bridge.observations and dose_services.observations: from the message to what held at an exam."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from db.repositories import observations as rows
from db.repositories import patients
from db.session import unit_of_work
from db.tables.hl7_message import Hl7MessageRow
from db.tables.observation import PatientObservationRow
from dose_core.observations.codes import LocalCodes
from dose_core.observations.values import Observed, Pregnancy
from dose_services import observations
from dose_services.observations import ObservationView
from hl7_bridge.handling import MessageHandler
from hl7_bridge.settings import Hl7Settings
from tests.builders.hl7 import message, msh, pid
from tests.support.hl7_bridge import RECEIVED_AT, SITE

EXAM = datetime(2024, 3, 6, 12, 0, tzinfo=UTC)
WEIGHT = "29463-7^Body weight^LN"


def handler(engine: Engine) -> MessageHandler:
    """Return a handler of a site that has a code of its own."""
    values = {name: getattr(SITE, name) for name in ("timezone", "default_authority")}
    site = type(SITE)(**values, observation_codes=LocalCodes(stated=("WT^99HIS=body_weight",)))
    return MessageHandler(engine, site, Hl7Settings(), lambda: RECEIVED_AT)


def obx(
    what: str, value: str, unit: str = "", *, kind: str = "NM", status: str = "F", at: str = "20240305080000"
) -> str:
    """Return an OBX segment."""
    return f"OBX|1|{kind}|{what}||{value}|{unit}|||||{status}|||{at}"


def say(engine: Engine, *segments: str, kind: str = "ADT^A08^ADT_A01", number: int = 1, who: str = "P100") -> bytes:
    """Have a message about a patient applied; one with a higher number is an hour newer."""
    at = f"20240306{10 + number:02}0000"
    head = msh(kind, control_id=f"N{number}", at=at)
    return handler(engine).handle(message(head, f"EVN|A08|{at}", pid(f"{who}^^^HOSP^MR"), *segments), peer="test")


def held(engine: Engine, at: datetime = EXAM, *, who: str = "P100") -> dict[Observed, ObservationView]:
    """Return what held for a patient."""
    with unit_of_work(engine) as session:
        row = patients.find_by_identifier(session, who, "HOSP")
        assert row is not None
        return {one.observed: one for one in observations.at(session, patients.family_of(session, row.id), at)}


def kept(engine: Engine, who: str = "P100") -> list[PatientObservationRow]:
    with unit_of_work(engine) as session:
        row = patients.find_by_identifier(session, who, "HOSP")
        assert row is not None
        return rows.all_of(session, [row.id])


class TestAWeight:
    @pytest.mark.parametrize("kind", ["ADT^A08^ADT_A01", "ORU^R01^ORU_R01", "ORM^O01", "OMG^O19^OMG_O19"])
    def test_holds_at_the_exam_as_stated_and_in_kg_whatever_message_brought_it(self, engine: Engine, kind: str) -> None:
        assert b"MSA|AA" in say(engine, obx(WEIGHT, "160", "[lb_av]^pound^UCUM"), kind=kind)

        weight = held(engine)[Observed.BODY_WEIGHT]
        assert weight.value == pytest.approx(72.574779, abs=1e-6)
        assert weight.unit == "kg"
        assert (weight.stated_value, weight.stated_unit, weight.code) == ("160", "[lb_av]", "29463-7^LN")
        assert (weight.observed_at, weight.is_time_of_message) == (datetime(2024, 3, 5, 7, 0, tzinfo=UTC), False)

    def test_is_known_by_a_code_of_the_site_in_first_or_second_place(self, engine: Engine) -> None:
        say(engine, obx("WT^Gewicht^99HIS", "70", "kg"), obx("X1^x^99LAB^8302-2^Body height^LN", "1.7", "m"))

        assert {kind: one.value for kind, one in held(engine).items()} == {
            Observed.BODY_WEIGHT: 70,
            Observed.BODY_HEIGHT: 170,
        }

    def test_without_a_time_of_its_own_has_that_of_its_request_or_of_the_message(self, engine: Engine) -> None:
        say(engine, obx(WEIGHT, "70", "kg", at=""), "OBR|1||||||20240304080000", obx("8302-2^^LN", "170", "cm", at=""))

        found = held(engine)
        assert found[Observed.BODY_WEIGHT].observed_at == datetime(2024, 3, 6, 10, 0, tzinfo=UTC)
        assert found[Observed.BODY_WEIGHT].is_time_of_message
        assert found[Observed.BODY_HEIGHT].observed_at == datetime(2024, 3, 4, 7, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("segment", "reason"),
        [
            (obx(WEIGHT, "70"), "no unit is stated"),
            (obx(WEIGHT, "70000", "kg"), "it is not between 0.2 and 700 kg"),
            (obx(WEIGHT, "seventy", "kg"), "it is no number"),
            (obx(WEIGHT, "70", "kg", status="P"), "its status (OBX-11) is not final"),
            (obx(WEIGHT, "", "kg"), "no value is stated"),
        ],
    )
    def test_that_cannot_be_used_is_kept_with_the_reason_and_the_message_accepted(
        self, engine: Engine, segment: str, reason: str
    ) -> None:
        assert b"MSA|AA" in say(engine, segment)

        assert held(engine) == {}
        assert [(one.state, one.reason) for one in kept(engine)] == [("refused", reason)]
        with unit_of_work(engine) as session:
            (row,) = session.query(Hl7MessageRow).all()
            assert row.warnings == [f"body_weight was refused: {reason}"]

    def test_is_corrected_and_withdrawn_by_later_messages_whatever_the_order(self, engine: Engine) -> None:
        def wrong(who: str) -> None:
            say(engine, obx(WEIGHT, "7", "kg"), number=1, who=who)

        def corrected(who: str) -> None:
            say(engine, obx(WEIGHT, "70", "kg", status="C"), number=2, who=who)

        def withdrawn(who: str) -> None:
            say(engine, obx(WEIGHT, "7", "kg", status="W"), number=2, who=who)

        found = []
        for number, steps in enumerate(
            ((wrong, corrected), (corrected, wrong), (wrong, withdrawn), (withdrawn, wrong), (wrong, wrong))
        ):
            for step in steps:
                step(f"W{number}")
            found.append({one.value for one in held(engine, who=f"W{number}").values()})

        assert found == [{70}, {70}, set(), set(), {7}]

    def test_of_somebody_unknown_is_kept_for_when_they_come(self, engine: Engine) -> None:
        say(engine, obx(WEIGHT, "70", "kg"), kind="ORU^R01^ORU_R01", who="NEW")

        assert held(engine, who="NEW")[Observed.BODY_WEIGHT].value == 70


class TestAPregnancy:
    @pytest.mark.parametrize(
        "segment",
        [
            obx("82810-3^Pregnancy status^LN", "LA15173-0^Pregnant^LN", kind="CWE"),
            obx("11449-6^Pregnancy status^LN", "77386006^Pregnant^SCT", kind="CE"),
            obx("11449-6^Pregnancy status^LN", "^schwanger", kind="CE"),
            obx("82810-3^^LN", "Y", kind="ID"),
            "PV1|1|O|||||||||||||B6",
            "PV1|1|O|||||||||||||A1~B6",
        ],
    )
    def test_is_known_by_loinc_snomed_words_and_the_visit(self, engine: Engine, segment: str) -> None:
        say(engine, segment)

        assert held(engine)[Observed.PREGNANCY].pregnancy is Pregnancy.PREGNANT

    def test_is_not_denied_by_a_visit_that_does_not_speak_of_it(self, engine: Engine) -> None:
        say(engine, "PV1|1|O|||||||||||||B6")
        say(engine, "PV1|1|O", number=2)

        assert held(engine)[Observed.PREGNANCY].pregnancy is Pregnancy.PREGNANT

    def test_with_an_answer_that_is_not_known_is_kept_and_not_used(self, engine: Engine) -> None:
        say(engine, obx("82810-3^^LN", "perhaps", kind="ST"))

        assert held(engine) == {}
        assert [one.reason for one in kept(engine)] == ["the answer is not known here"]


def test_observations_of_a_merged_patient_hold_for_the_survivor(engine: Engine) -> None:
    say(engine, obx(WEIGHT, "70", "kg"), who="OLD")
    say(engine, number=2, who="P100")
    merged = message(
        msh("ADT^A40^ADT_A39", control_id="M"), "EVN|A40|20240306150000", pid("P100^^^HOSP^MR"), "MRG|OLD^^^HOSP^MR"
    )
    handler(engine).handle(merged, peer="test")

    assert held(engine)[Observed.BODY_WEIGHT].value == 70


def test_other_observations_are_left_alone(engine: Engine) -> None:
    say(engine, obx("2160-0^Creatinine^LN", "80", "umol/L"), obx(WEIGHT.replace("LN", "99X"), "70", "kg"))

    assert kept(engine) == []
