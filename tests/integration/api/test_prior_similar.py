"""Tests of api.routes.prior_similar: what a person had before that is like what is about to be ordered."""

from datetime import date
from typing import Any

import pytest
from pydicom.dataset import Dataset
from sqlalchemy import text

from api.cds_hooks.settings import HookSettings
from db.session import unit_of_work
from dose_services.prior_similar import Links
from dose_services.roles import Scope
from dose_services.viewer_links import ViewerTemplate
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO, BRUNO_HEAD, CARA, CARA_ABDOMEN
from tests.builders.envelopes import whole
from tests.integration.api.conftest import SITE, House, MakeHouse

LINKS = Links(
    images=ViewerTemplate("https://pacs.example/study?uid={StudyInstanceUID}"),
    report=ViewerTemplate("https://ris.example/report/{AccessionNumber}"),
)
CHEST = "http://loinc.org|24627-2"


def chest_and_abdomen() -> Dataset:
    """Return the report of Anna's follow-up, the second acquisition of which is of the abdomen."""
    report = dose_report(ANNA_FOLLOW_UP)
    places = [
        item
        for acquisition in report.ContentSequence
        for item in acquisition.get("ContentSequence", ())
        if item.ConceptNameCodeSequence[0].CodeValue == "123014"  # Target Region
    ]
    region = places[1].ConceptCodeSequence[0]
    region.CodeValue, region.CodingSchemeDesignator, region.CodeMeaning = "818981001", "SCT", "Abdomen"
    return report


@pytest.fixture
def filled(make_house: MakeHouse) -> House:
    """Two exams of Anna, one of Bruno, one of Cara."""
    house = make_house(hooks=HookSettings(links=LINKS))
    for report in (*map(dose_report, (ANNA_CHEST, BRUNO_HEAD, CARA_ABDOMEN)), chest_and_abdomen()):
        assert house.hand_in(whole(report)).json()["read_status"] == "read"
    return house


def ask(house: House, identifier: str, like: str, **more: str) -> Any:  # noqa: ANN401 - a foreign response
    address = f"/api/v1/patients/{house.patient_id(identifier)}/prior-similar"
    return house.client.get(address, params={"like": like, **more}, headers=house.headers(Scope.READ))


def accessions(house: House, identifier: str, like: str, **more: str) -> list[str]:
    answer = ask(house, identifier, like, **more)
    assert answer.status_code == 200, answer.text
    return [exam["accession_number"] for exam in answer.json()["exams"]]


def test_tells_what_when_where_and_how_to_open_it(filled: House) -> None:
    answer = ask(filled, ANNA.identifier, CHEST).json()

    assert answer["is_known"] is True
    assert answer["patient"]["id"] == filled.patient_id(ANNA.identifier)
    newest, oldest = answer["exams"]
    assert newest["accession_number"] == "DEMO-A-0002"
    assert (newest["region"], newest["parts"], newest["likeness"]) == ("several", ["chest", "abdomen"], "covers")
    assert newest["days_ago"] == (filled.now.astimezone(SITE.timezone).date() - date(2026, 2, 17)).days
    assert newest["images_url"] == f"https://pacs.example/study?uid={newest['study_instance_uid']}"
    assert newest["report_url"] == "https://ris.example/report/DEMO-A-0002"
    assert (oldest["accession_number"], oldest["likeness"], oldest["parts"]) == ("DEMO-A-0001", "same", ["chest"])


def test_finds_the_same_by_any_name_of_the_procedure(filled: House) -> None:
    for like in (CHEST, "http://snomed.info/sct|169069000", "RADLEX|RPID16", "ct/chest"):
        assert accessions(filled, ANNA.identifier, like) == ["DEMO-A-0002", "DEMO-A-0001"]


def test_another_region_or_modality_is_not_similar(filled: House) -> None:
    assert accessions(filled, ANNA.identifier, "ct/abdomen") == ["DEMO-A-0002"]
    assert accessions(filled, ANNA.identifier, "ct/head") == []
    assert accessions(filled, ANNA.identifier, "radiography/chest") == []
    assert accessions(filled, BRUNO.identifier, "ct/head") == ["DEMO-B-0001"]


def test_a_code_that_nobody_knows_is_like_nothing_and_says_so(filled: House) -> None:
    answer = ask(filled, ANNA.identifier, "|NOSUCH").json()

    assert (answer["is_known"], answer["exams"]) == (False, [])


def test_how_old_they_may_be_can_be_said(filled: House) -> None:
    days = (filled.now.date() - date(2026, 2, 17)).days + 1

    assert accessions(filled, ANNA.identifier, CHEST, within_days=str(days)) == ["DEMO-A-0002"]


def test_the_history_of_who_was_merged_is_looked_through_as_well(filled: House) -> None:
    with unit_of_work(filled.engine) as session:
        session.execute(
            text("UPDATE patient SET merged_into_id = :survivor, family_id = :survivor WHERE id = :subsumed"),
            {"survivor": filled.patient_id(CARA.identifier), "subsumed": filled.patient_id(ANNA.identifier)},
        )

    assert accessions(filled, CARA.identifier, "ct/chest") == ["DEMO-A-0002", "DEMO-A-0001"]


def test_each_look_is_on_record(filled: House) -> None:
    ask(filled, ANNA.identifier, CHEST)

    assert filled.rows("SELECT count(*) FROM access_log WHERE action = 'read_prior_similar'") == [(1,)]


@pytest.mark.parametrize("like", ["ct", "mri/head", ""])
def test_what_is_no_procedure_is_refused(filled: House, like: str) -> None:
    assert ask(filled, ANNA.identifier, like).status_code == 422
