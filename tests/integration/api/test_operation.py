"""Tests of health, metrics, devices, findings and the description of the API."""

import time
from uuid import uuid4

import jwt
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import ApiSettings
from db.session import make_engine
from dose_core.contract import Envelope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.envelopes import whole
from tests.integration.api.conftest import SITE, TOKENS, House
from tests.support.postgres import free_port


def client_on(engine: Engine) -> TestClient:
    return TestClient(create_app(engine, ApiSettings(tokens=TOKENS, public_url="http://127.0.0.1"), SITE))


def well_signed() -> str:
    now = int(time.time())
    claims = {"iss": TOKENS.issuer, "aud": TOKENS.audience, "sub": "test", "jti": str(uuid4())}
    times = {"iat": now, "exp": now + 60}
    return jwt.encode({**claims, **times}, TOKENS.secret, algorithm="HS256", headers={"typ": "at+jwt"})


class TestHealth:
    def test_is_ready_on_a_database_with_all_tables(self, house: House) -> None:
        assert house.client.get("/health/live").json()["status"] == "live"
        assert house.client.get("/health/ready").json() == {"status": "ready", "reason": None}

    def test_is_not_ready_without_tables(self, empty_database_url: str) -> None:
        engine = make_engine(empty_database_url)

        answer = client_on(engine).get("/health/ready")
        engine.dispose()

        assert answer.status_code == 503
        assert "doseledger db upgrade" in answer.json()["reason"]

    def test_is_alive_but_not_ready_without_a_database(self) -> None:
        client = client_on(make_engine(f"postgresql://nobody:none@127.0.0.1:{free_port()}/none"))

        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").status_code == 503

    def test_tells_to_try_again_while_there_is_no_database(self) -> None:
        client = client_on(make_engine(f"postgresql://nobody:none@127.0.0.1:{free_port()}/none"))

        answer = client.get("/api/v1/findings", headers={"Authorization": f"Bearer {well_signed()}"})

        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"


class TestMetrics:
    def test_count_requests_by_route_and_evidence_by_state(self, house: House) -> None:
        house.hand_in(whole(dose_report(ANNA_CHEST)))
        house.hand_in(Envelope(sop_instance_uid="1.2.3", dicom=b"no DICOM"))

        told = house.client.get("/metrics").text

        route = 'method="PUT",route="/api/v1/instances/{sop_instance_uid}",status="201"'
        assert f"doseledger_http_requests_total{{{route}}} 2.0" in told
        assert 'doseledger_evidence{read_status="read"} 1.0' in told
        assert 'doseledger_evidence{read_status="unreadable"} 1.0' in told
        assert 'doseledger_findings_open{kind="unreadable"} 1.0' in told

    def test_do_not_grow_with_addresses_that_do_not_exist(self, house: House) -> None:
        for number in range(3):
            house.client.get(f"/nowhere/{number}")
        house.client.request("INVENTED", "/nowhere")

        told = house.client.get("/metrics").text

        assert 'route="(no route)",status="404"} 3.0' in told
        assert "INVENTED" not in told


class TestTheDescription:
    def test_says_of_every_operation_what_it_is(self, house: House) -> None:
        described = house.client.get("/openapi.json").json()

        operations = [operation for methods in described["paths"].values() for operation in methods.values()]
        assert len(operations) >= 14
        assert all(operation.get("summary") and operation.get("description") for operation in operations)
        assert not any(path.startswith("/view") for path in described["paths"])

    def test_shows_how_to_call(self, house: House) -> None:
        schemas = house.client.get("/openapi.json").json()["components"]["schemas"]

        assert schemas["PatientSearchIn"]["examples"]
        assert schemas["HandleRequestIn"]["examples"]


class TestPagesForEverybody:
    def test_say_what_the_product_is_not_for(self, house: House) -> None:
        page = house.client.get("/", follow_redirects=True)

        assert page.url.path == "/about"
        assert "Not a medical device" in page.text

    def test_load_nothing_from_elsewhere(self, house: House) -> None:
        page = house.client.get("/about").text

        assert "http://" not in page
        assert "https://" not in page
        for path in ("/static/doseledger.css", "/static/doseledger.svg"):
            assert path in page
            assert house.client.get(path).headers["cache-control"].startswith("public")
