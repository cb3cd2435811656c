"""The service on a real database, with the clock in the tests' hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from api.app import create_app
from api.deps import clock
from api.settings import ApiSettings
from db.session import unit_of_work
from dose_core.contract import Envelope, instance_path
from dose_services import tokens, users
from dose_services.roles import Role, Scope
from dose_services.site import Site
from dose_services.tokens import TokenSettings

TOKENS = TokenSettings(
    secret=b"a secret that is long enough for a test", issuer="doseledger", audience="doseledger-api"
)
SITE = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="DEMO")


@dataclass(kw_only=True)
class House:
    """A running service, and what a test asks of it."""

    engine: Engine
    app: FastAPI
    client: TestClient
    late_by: timedelta = field(default=timedelta(0))

    @property
    def now(self) -> datetime:
        """The time that the service sees."""
        return datetime.now(UTC) + self.late_by  # noqa: TID251 - tokens carry real times, which PyJWT compares

    def token(self, *scopes: Scope, login: str | None = None, valid_for: timedelta = timedelta(hours=1)) -> str:
        """Return a token of a user, or of a program if no login is given."""
        subject = None if login else "test"
        with unit_of_work(self.engine) as session:
            _, token = tokens.issue(
                session, TOKENS, scopes=scopes, subject=subject, login=login, valid_for=valid_for, now=self.now
            )
        return token

    def headers(self, *scopes: Scope, login: str | None = None) -> dict[str, str]:
        """Return the request headers that carry such a token."""
        return {"Authorization": f"Bearer {self.token(*scopes, login=login)}"}

    @cached_property
    def reading(self) -> dict[str, str]:
        """Headers of a program that reads, for tests that ask often."""
        return self.headers(Scope.READ)

    def add_user(self, login: str, *roles: Role, orthanc_user: str | None = None) -> UUID:
        """Add a user and return the id."""
        names = (orthanc_user,) if orthanc_user else ()
        with unit_of_work(self.engine) as session:
            return users.add_user(session, login=login, roles=roles, orthanc_users=names, now=self.now).id

    def hand_in(self, envelope: Envelope, **headers: str) -> Any:  # noqa: ANN401 - a foreign response
        """Put one object and return the answer."""
        sent = {**self.headers(Scope.INGEST), "Content-Type": "application/dicom", **headers}
        return self.client.put(instance_path(envelope.sop_instance_uid), content=envelope.dicom, headers=sent)

    def patient_id(self, identifier: str) -> str:
        """Return our id of the patient with this identifier."""
        wanted = {"identifiers": [{"value": identifier}]}
        found = self.client.post("/api/v1/patients/search", json=wanted, headers=self.headers(Scope.READ))
        return str(found.json()["patients"][0]["id"])

    def exam_ids(self, identifier: str) -> list[str]:
        """Return our ids of the patient's exams, newest first."""
        address = f"/api/v1/patients/{self.patient_id(identifier)}/exams"
        answer = self.client.get(address, headers=self.headers(Scope.READ))
        return [exam["id"] for exam in answer.json()["exams"]]

    def launch_url(self, identifier: str, *, person: str) -> str:
        """Return the address that opens this patient's view for this person."""
        wanted = {"person": person, "level": "patient", "patient_id": identifier}
        answer = self.client.post("/api/v1/launch/handles", json=wanted, headers=self.headers(Scope.LAUNCH))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["url"])

    def open_view(self, identifier: str, *, person: str) -> str:
        """Launch, let the client keep the cookie, and return the view's path."""
        answer = self.client.get(self.launch_url(identifier, person=person), follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what the database holds."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]


MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(engine: Engine) -> Iterator[MakeHouse]:
    """Make a service with settings of the test's choice."""
    clients: list[TestClient] = []

    def make(**values: Any) -> House:  # noqa: ANN401 - fields of ApiSettings
        settings = ApiSettings(**{"tokens": TOKENS, "public_url": "http://127.0.0.1", **values})
        app = create_app(engine, settings, SITE)
        client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
        clients.append(client)
        house = House(engine=engine, app=app, client=client)
        app.dependency_overrides[clock] = lambda: house.now
        return house

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """Yield a service with plain settings."""
    return make_house(frame_ancestors=("http://127.0.0.1:8042",))
