"""Tests of the routes of placeholders, and of what an exam answers of its patient's body."""

from typing import Any
from uuid import uuid4

import pytest

from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import AMBULANCE_HEAD, ANNA_CHEST, CARA_ABDOMEN
from hl7_bridge.handling import MessageHandler
from hl7_bridge.settings import Hl7Settings
from tests.builders.envelopes import whole
from tests.builders.hl7 import message, msh, pid
from tests.integration.api.conftest import SITE, House

PLACEHOLDERS = "/api/v1/patients/placeholders"
WHY = {"comment": "the police found the papers"}


@pytest.fixture
def phil(house: House) -> dict[str, str]:
    """The headers of a physicist."""
    house.add_user("phil", Role.MPE)
    return house.headers(Scope.READ, login="phil")


@pytest.fixture
def night(house: House) -> House:
    """A house with Cara, and with somebody who came by ambulance."""
    for study in (CARA_ABDOMEN, AMBULANCE_HEAD):
        assert house.hand_in(whole(dose_report(study))).status_code == 201
    return house


def merge(house: House, headers: dict[str, str], placeholder: str, into: str) -> Any:  # noqa: ANN401 - a foreign response
    return house.client.post(
        f"{PLACEHOLDERS}/{placeholder}/merge", json={"into_patient_id": into, **WHY}, headers=headers
    )


class TestPlaceholders:
    def test_are_listed_with_their_rule_and_leave_the_list_once_they_are_merged(
        self, night: House, phil: dict[str, str]
    ) -> None:
        ambulance, cara = (night.patient_id(study.person.identifier) for study in (AMBULANCE_HEAD, CARA_ABDOMEN))
        (one,) = night.client.get(PLACEHOLDERS, headers=phil).json()["placeholders"]
        merged = merge(night, phil, ambulance, cara)

        assert one["patient"]["id"] == ambulance
        assert one["rule"] == "the name says that the person is not known"
        assert len(one["exam_ids"]) == 1
        assert (merged.status_code, merged.json()["id"]) == (200, cara)
        assert len(night.exam_ids(CARA_ABDOMEN.person.identifier)) == 2
        assert night.client.get(PLACEHOLDERS, headers=phil).json() == {"placeholders": []}

    def test_are_merged_by_nobody_without_the_right_to_decide(self, night: House) -> None:
        night.add_user("rita", Role.RADIOLOGIST)
        rita = night.headers(Scope.READ, login="rita")
        ambulance, cara = (night.patient_id(study.person.identifier) for study in (AMBULANCE_HEAD, CARA_ABDOMEN))

        assert merge(night, rita, ambulance, cara).status_code == 403
        assert night.client.get(PLACEHOLDERS, headers=rita).status_code == 403

    def test_are_not_mixed_up_with_people_who_are_known(self, night: House, phil: dict[str, str]) -> None:
        ambulance, cara = (night.patient_id(study.person.identifier) for study in (AMBULANCE_HEAD, CARA_ABDOMEN))
        refused = merge(night, phil, cara, ambulance)

        assert (refused.status_code, refused.json()["type"]) == (409, "urn:doseledger:problem:not-mergeable")
        assert merge(night, phil, ambulance, str(uuid4())).status_code == 404


def test_an_exam_shows_what_others_observed_beside_what_its_objects_state(house: House) -> None:
    report = dose_report(ANNA_CHEST)
    report.PatientWeight, report.PatientSize, report.PregnancyStatus = "61", "1.65", 2
    house.hand_in(whole(report))
    observed = (
        "OBX|1|NM|3141-9^Body weight measured^LN||138|[lb_av]|||||F|||20250303",
        "OBX|2|NM|3137-7^Body height measured^LN||5.5|[ft_i]|||||F|||20250303",
    )
    identifiers = f"{ANNA_CHEST.person.identifier}^^^DEMO"
    raw = message(
        msh(at="20250303120000"), "EVN|A08|20250303120000", pid(identifiers, ANNA_CHEST.person.name), *observed
    )
    MessageHandler(house.engine, SITE, Hl7Settings(), lambda: house.now).handle(raw, peer="test")

    (exam_id,) = house.exam_ids(ANNA_CHEST.person.identifier)
    exam = house.client.get(f"/api/v1/exams/{exam_id}", headers=house.reading).json()

    fields = ("observed", "value", "unit", "stated_value", "stated_unit")
    assert [tuple(one[name] for name in fields) for one in exam["observations"]] == [
        ("body_weight", pytest.approx(62.5957, abs=1e-4), "kg", "138", "[lb_av]"),
        ("body_height", pytest.approx(167.64), "cm", "5.5", "[ft_i]"),
    ]
    stated = ("size_cm", "weight_kg", "pregnancy_status")
    assert [tuple(one[name] for name in stated) for one in exam["stated_bodies"]] == [
        (165.0, 61.0, "possibly_pregnant")
    ]
