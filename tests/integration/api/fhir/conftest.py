"""One filled house for all tests that only read by FHIR. All people are invented."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.deps import clock
from api.settings import ApiSettings
from db.session import make_engine, unit_of_work
from dose_core.contract import Envelope
from dose_services import effective_dose, estimates, following
from dose_services.audit import Looker, Via
from hl7_bridge.handling import MessageHandler
from hl7_bridge.settings import Hl7Settings
from tests.builders.hl7 import message, msh, pid
from tests.builders.long_history import NAME, PATIENT, long_history
from tests.integration.api.conftest import SITE, TOKENS, House
from tests.support.postgres import PostgresServer, database

Get = Callable[..., Any]
HERS = f"{PATIENT}^^^DEMO^MR"
OLD = "P-OLD"
LOOKER = Looker(subject="console:test", user_id=None, via=Via.COMMAND, reference=None, route="test")


def fill(house: House) -> None:
    """Take in an examination of every kind, its orders, that she is pregnant, and who was merged into her."""
    tell = MessageHandler(house.engine, SITE, Hl7Settings(), lambda: house.now)
    who = pid(HERS, NAME, "19530217")
    told = [
        message(
            msh("ORM^O01", control_id="O1", at="20260301090000", version="2.3.1"),
            who,
            "ORC|NW|PL1^RIS|FL1^RIS||||^^^20260301101500^^R",
            "OBR|1|PL1^RIS|FL1^RIS|CTHC^CT head and chest^L|||||||||fall from a ladder|||0815^Roe^Rita|"
            "|H-20260301|RP1|SPS1||||CT|||||||R07.4^Chest pain^I10",
        ),
        message(
            msh("ORM^O01", control_id="O2", at="20240311080000", version="2.3.1"),
            who,
            "ORC|NW|PL2^RIS|FL2^RIS||||^^^20240311090000^^R",
            "OBR|1|PL2^RIS|FL2^RIS|PETCT^PET/CT^L|||||||||staging|||0815^Roe^Rita||H-20240311|RP2|SPS2||||PT",
        ),
        message(
            msh("ORU^R01", control_id="R1", at="20260228100000+0100"),
            who,
            "OBR|1|||29463-7^Body weight^LN|||20260228100000+0100",
            "OBX|1|CWE|82810-3^Pregnancy status^LN||LA15173-0^Pregnant^LN||||||F|||20260228100000+0100",
        ),
        message(
            msh("ADT^A28^ADT_A05", control_id="A1"), "EVN|A28|20240306101500", pid(f"{OLD}^^^DEMO^MR", NAME, "19530217")
        ),
        message(
            msh("ADT^A40^ADT_A39", control_id="A2", at="20240306111500"),
            "EVN|A40|20240306111500",
            who,
            f"MRG|{OLD}^^^DEMO^MR",
        ),
    ]
    for study in long_history():
        for uid, dicom in study.objects.items():
            assert house.hand_in(Envelope(sop_instance_uid=uid, dicom=dicom)).json()["read_status"] == "read"
    for raw in told:
        answer = tell.handle(raw, peer="192.0.2.1")
        assert b"\rMSA|AA" in answer, answer
    place = partial(unit_of_work, house.engine)
    while following.work_off(place, now=house.now, site=SITE, limit=100):
        pass
    estimates.work_off(place, now=house.now, limit=100)
    with place() as session:
        effective_dose.switch(session, "", is_on=True, reason="agreed upon here", looker=LOOKER, now=house.now)


@pytest.fixture(scope="session")
def hers(postgres_server: PostgresServer) -> Iterator[House]:
    """Yield a house that knows one patient with an examination of every kind; its tests only read."""
    with database(postgres_server) as url:
        engine = make_engine(url, pool_size=2)
        app = create_app(engine, ApiSettings(tokens=TOKENS, public_url="http://127.0.0.1"), SITE)
        with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
            house = House(engine=engine, app=app, client=client)
            app.dependency_overrides[clock] = lambda: house.now
            fill(house)
            yield house
        engine.dispose()


@pytest.fixture(scope="session")
def patient_id(hers: House) -> str:
    """Return our id of the patient."""
    return hers.patient_id(PATIENT)


@pytest.fixture(scope="session")
def get(hers: House) -> Get:
    """Return what reads below ``/fhir``."""

    def read(path: str, *, status: int = 200, **headers: str) -> Any:  # noqa: ANN401 - JSON
        answer = hers.client.get(f"/fhir/{path}", headers={**hers.reading, **headers})
        assert answer.status_code == status, (path, answer.text)
        return answer.json()

    return read


@pytest.fixture(scope="session")
def bundle(get: Get, patient_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return every resource about the patient, by type."""
    found: dict[str, list[dict[str, Any]]] = {"Patient": [get(f"Patient/{patient_id}")]}
    for kind in ("Observation", "ImagingStudy", "Composition"):
        found[kind] = resources(get(f"{kind}?patient={patient_id}&_count=100"))
    found["Device"] = resources(get("Device"))
    requests = [one["basedOn"][0] for one in found["ImagingStudy"] if "basedOn" in one]
    found["ServiceRequest"] = [get(one["reference"]) for one in requests]
    return found


def resources(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a page holds."""
    return [entry["resource"] for entry in body.get("entry", [])]
