"""Tests of api.auth.principals: who is let in, and for what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest

from db.session import unit_of_work
from dose_services import tokens, users
from dose_services.roles import Role, Scope
from tests.integration.api.conftest import TOKENS, House

SEARCH = "/api/v1/patients/search"
WANTED = {"identifiers": [{"value": "DEMO-0001"}]}

Claims = dict[str, Any]


def signed(claims: Claims, *, secret: bytes = TOKENS.secret, algorithm: str = "HS256", kind: str = "at+jwt") -> str:
    return jwt.encode(claims, secret, algorithm=algorithm, headers={"typ": kind})


def without(name: str) -> Callable[[Claims], str]:
    return lambda claims: signed({key: value for key, value in claims.items() if key != name})


def with_(**changed: Any) -> Callable[[Claims], str]:  # noqa: ANN401 - claims have several types
    return lambda claims: signed({**claims, **changed})


FORGED: dict[str, Callable[[Claims], str]] = {
    "no expiry": without("exp"),
    "no time of issue": without("iat"),
    "no issuer": without("iss"),
    "no audience": without("aud"),
    "no subject": without("sub"),
    "no id": without("jti"),
    "algorithm none": lambda claims: jwt.encode(claims, "", algorithm="none", headers={"typ": "at+jwt"}),
    "another algorithm": lambda claims: signed(claims, secret=TOKENS.secret * 2, algorithm="HS512"),
    "another secret": lambda claims: signed(claims, secret=b"another secret of sufficient length, but not ours"),
    "another audience": with_(aud="someone-else"),
    "another issuer": with_(iss="someone-else"),
    "expired": with_(exp=1_600_000_000),
    "issued in the future": with_(iat=4_000_000_000, exp=4_000_003_600),
    "an id that was never issued": with_(jti=str(uuid4())),
    "an id that is none": with_(jti="../1"),
    "another kind of token": lambda claims: signed(claims, kind="JWT"),
    "no token at all": lambda _: "abc",
}


def search(house: House, token: str) -> Any:  # noqa: ANN401 - a foreign response
    return house.client.post(SEARCH, json=WANTED, headers={"Authorization": f"Bearer {token}"})


class TestABearerToken:
    def test_opens_what_it_is_for(self, house: House) -> None:
        assert search(house, house.token(Scope.READ)).status_code == 200

    @pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
    def test_is_refused_when_one_thing_about_it_is_wrong(self, house: House, forge: Callable[[Claims], str]) -> None:
        claims = jwt.decode(house.token(Scope.READ), options={"verify_signature": False})

        answer = search(house, forge(claims))

        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize("header", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}])
    def test_must_be_sent(self, house: House, header: dict[str, str]) -> None:
        answer = house.client.post(SEARCH, json=WANTED, headers=header)

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_ends_with_its_record_whatever_it_claims(self, house: House) -> None:
        claims = jwt.decode(house.token(Scope.READ), options={"verify_signature": False})
        longer = signed({**claims, "exp": claims["exp"] + 86_400})
        house.late_by = timedelta(hours=2)

        assert search(house, longer).status_code == 401

    def test_cannot_add_a_scope_by_its_claims(self, house: House) -> None:
        claims = jwt.decode(house.token(Scope.INGEST), options={"verify_signature": False})

        assert search(house, signed({**claims, "scope": "read"})).status_code == 403

    def test_is_refused_once_revoked(self, house: House) -> None:
        token = house.token(Scope.READ)
        jti = UUID(jwt.decode(token, options={"verify_signature": False})["jti"])
        with unit_of_work(house.engine) as session:
            tokens.revoke(session, jti, now=house.now)

        assert search(house, token).status_code == 401

    def test_is_refused_once_its_user_is_disabled(self, house: House) -> None:
        house.add_user("ada", Role.RADIOLOGIST)
        token = house.token(Scope.READ, login="ada")
        assert search(house, token).status_code == 200
        with unit_of_work(house.engine) as session:
            users.disable_user(session, login="ada", now=house.now)

        assert search(house, token).status_code == 401

    def test_is_kept_nowhere(self, house: House) -> None:
        token = house.token(Scope.READ)

        (kept,) = house.rows("SELECT issued_token::text FROM issued_token")

        assert token.rsplit(".", 1)[1] not in kept[0]


ANY = "00000000-0000-4000-8000-000000000000"
DOORS = {
    Scope.INGEST: [
        ("PUT", "/api/v1/instances/1.2.3"),
        ("PUT", "/api/v1/series/1.2.3/headers"),
        ("POST", "/api/v1/deletions"),
    ],
    Scope.LAUNCH: [("POST", "/api/v1/launch/handles")],
    Scope.READ: [
        ("POST", SEARCH),
        ("GET", "/api/v1/audit/looks"),
        ("GET", "/api/v1/audit/looks.csv"),
        ("GET", f"/api/v1/patients/{ANY}/exams"),
        ("GET", f"/api/v1/patients/{ANY}/cumulative-dose"),
        ("GET", f"/api/v1/patients/{ANY}/prior-similar"),
        ("GET", "/api/v1/exams"),
        ("GET", f"/api/v1/exams/{ANY}"),
        ("GET", f"/api/v1/values/{ANY}.totals.0.value/provenance"),
        ("POST", "/api/v1/manual-values"),
        ("POST", f"/api/v1/manual-values/{ANY}/withdrawal"),
        ("POST", f"/api/v1/patients/{ANY}/restriction"),
        ("POST", f"/api/v1/patients/{ANY}/restriction/lift"),
        ("GET", f"/api/v1/patients/{ANY}/identity"),
        ("POST", f"/api/v1/patients/{ANY}/unmerge"),
        ("POST", f"/api/v1/patients/{ANY}/link"),
        ("POST", f"/api/v1/patients/{ANY}/unlink"),
        ("POST", f"/api/v1/patients/{ANY}/identifiers"),
        ("GET", "/api/v1/patients/placeholders"),
        ("POST", f"/api/v1/patients/placeholders/{ANY}/merge"),
        ("GET", "/api/v1/desk/exams"),
        ("POST", f"/api/v1/exams/{ANY}/release"),
        ("POST", f"/api/v1/exams/{ANY}/withdraw"),
        ("POST", f"/api/v1/exams/{ANY}/not-patient"),
        ("POST", f"/api/v1/exams/{ANY}/patient"),
        ("GET", "/api/v1/orders"),
        ("GET", f"/api/v1/orders/{ANY}"),
        ("POST", f"/api/v1/orders/{ANY}/match"),
        ("POST", f"/api/v1/orders/{ANY}/unmatch"),
        ("POST", f"/api/v1/orders/{ANY}/withdraw"),
        ("GET", "/api/v1/findings"),
        ("GET", "/api/v1/findings/kinds"),
        ("GET", "/api/v1/findings/counts"),
        ("POST", f"/api/v1/findings/{ANY}/close"),
        ("GET", "/api/v1/outbound/destinations"),
        ("GET", "/api/v1/outbound/messages"),
        ("GET", "/api/v1/outbound/messages/1"),
        ("POST", "/api/v1/outbound/messages/1/send-again"),
        ("POST", "/api/v1/outbound/messages/1/park"),
        ("POST", "/api/v1/outbound/messages/1/drop"),
        ("GET", "/api/v1/publications"),
        ("GET", "/api/v1/publications/destinations"),
        ("POST", "/api/v1/publications/1/retry"),
        ("POST", "/api/v1/publications/destinations"),
        ("PATCH", "/api/v1/publications/destinations/PACS"),
        ("POST", "/api/v1/forwarding/destinations"),
        ("PATCH", "/api/v1/forwarding/destinations/registry"),
        ("PATCH", "/api/v1/outbound/destinations/RIS"),
        ("GET", "/api/v1/forwarding/destinations"),
        ("GET", "/api/v1/forwarding/objects"),
        ("POST", "/api/v1/forwarding/objects/1/send-again"),
        ("POST", "/api/v1/forwarding/objects/1/cancel"),
        ("GET", "/api/v1/devices"),
        ("GET", f"/api/v1/devices/{ANY}"),
        ("PATCH", f"/api/v1/devices/{ANY}"),
        ("GET", f"/api/v1/devices/{ANY}/trust"),
        ("POST", f"/api/v1/devices/{ANY}/merge"),
        ("POST", f"/api/v1/devices/{ANY}/split"),
        ("POST", "/api/v1/devices/decisions/1/withdraw"),
        ("GET", f"/api/v1/exams/{ANY}/estimates"),
        ("GET", f"/api/v1/exams/{ANY}/report-sentence"),
        ("GET", "/api/v1/effective-dose"),
        ("PUT", "/api/v1/effective-dose"),
        ("GET", f"/api/v1/exams/{ANY}/skin-map"),
        ("GET", f"/api/v1/exams/{ANY}/skin-map.png"),
        ("POST", f"/api/v1/exams/{ANY}/skin-map"),
        ("GET", f"/api/v1/patients/{ANY}/skin-map"),
        ("GET", f"/api/v1/devices/{ANY}/skin-calibration"),
        ("PUT", f"/api/v1/devices/{ANY}/skin-calibration"),
        ("GET", f"/api/v1/exams/{ANY}/ct-sizes"),
        ("GET", f"/api/v1/devices/{ANY}/localiser-calibration"),
        ("PUT", f"/api/v1/devices/{ANY}/localiser-calibration"),
        ("GET", f"/api/v1/exams/{ANY}/skin-reactions"),
        ("POST", f"/api/v1/exams/{ANY}/skin-reactions"),
        ("POST", f"/api/v1/skin-reactions/{ANY}/withdrawal"),
    ],
}
WRONG = [
    pytest.param(scope, method, path, id=f"{scope} token at {method} {path}")
    for scope in Scope
    for owner, doors in DOORS.items()
    if owner is not scope
    for method, path in doors
]


class TestAScope:
    @pytest.mark.parametrize(("scope", "method", "path"), WRONG)
    def test_opens_no_other_door(self, house: House, scope: Scope, method: str, path: str) -> None:
        answer = house.client.request(method, path, headers=house.headers(scope), json={})

        assert answer.status_code == 403
        assert answer.json()["type"] == "urn:doseledger:problem:scope-missing"

    def test_covers_every_route_of_the_api(self, house: House) -> None:
        """A new route must be placed in the table above."""
        described = {
            (method.upper(), path)
            for path, methods in house.client.get("/openapi.json").json()["paths"].items()
            for method in methods
            if path.startswith("/api/")
        }

        assert len(described) == sum(len(doors) for doors in DOORS.values())


OF_ROLES = [
    (Role.RADIOLOGIST, "POST", SEARCH, 200),
    (Role.MPE, "POST", SEARCH, 200),
    (Role.REFERRER, "POST", SEARCH, 403),
    (Role.ADMINISTRATOR, "POST", SEARCH, 403),
    (Role.REFERRER, "GET", f"/api/v1/exams/{ANY}", 403),
    (Role.ADMINISTRATOR, "GET", f"/api/v1/patients/{ANY}/exams", 403),
    (Role.ADMINISTRATOR, "GET", f"/api/v1/values/{ANY}.totals.0.value/provenance", 403),
    (Role.REFERRER, "GET", f"/api/v1/values/{ANY}.totals.0.value/provenance", 403),
    (Role.RADIOLOGIST, "GET", f"/api/v1/values/{ANY}.totals.0.value/provenance", 404),
    (Role.ADMINISTRATOR, "GET", "/api/v1/exams?study_instance_uid=1.2.3", 403),
    (Role.RADIOLOGIST, "GET", "/api/v1/exams?study_instance_uid=1.2.3", 200),
    (Role.RADIOLOGIST, "GET", "/api/v1/findings", 403),
    (Role.MPE, "GET", "/api/v1/findings", 200),
    (Role.ADMINISTRATOR, "GET", "/api/v1/findings", 200),
    (Role.RADIOLOGIST, "PATCH", f"/api/v1/devices/{ANY}", 403),
    (Role.REFERRER, "GET", "/api/v1/devices", 403),
    (Role.RADIOLOGIST, "GET", "/api/v1/outbound/messages", 403),
    (Role.ADMINISTRATOR, "GET", "/api/v1/outbound/messages", 200),
    (Role.RADIOLOGIST, "GET", "/api/v1/forwarding/objects", 403),
    (Role.ADMINISTRATOR, "GET", "/api/v1/forwarding/objects", 200),
    (Role.ADMINISTRATOR, "POST", "/api/v1/forwarding/objects/1/cancel", 404),
    (Role.ADMINISTRATOR, "GET", "/api/v1/outbound/messages/1", 403),
    (Role.MPE, "GET", "/api/v1/outbound/messages/1", 404),
    (Role.RADIOLOGIST, "GET", "/api/v1/publications", 403),
    (Role.ADMINISTRATOR, "GET", "/api/v1/publications", 200),
    (Role.MPE, "POST", "/api/v1/publications/1/retry", 404),
    (Role.ADMINISTRATOR, "PATCH", f"/api/v1/devices/{ANY}", 404),
    (Role.REFERRER, "GET", f"/api/v1/exams/{ANY}/estimates", 403),
    (Role.RADIOLOGIST, "GET", f"/api/v1/exams/{ANY}/estimates", 404),
    (Role.REFERRER, "GET", f"/api/v1/exams/{ANY}/report-sentence", 403),
    (Role.ADMINISTRATOR, "GET", f"/api/v1/exams/{ANY}/report-sentence", 403),
    (Role.RADIOLOGIST, "GET", f"/api/v1/exams/{ANY}/report-sentence", 404),
    (Role.ADMINISTRATOR, "GET", f"/api/v1/exams/{ANY}/skin-map", 403),
    (Role.REFERRER, "GET", f"/api/v1/patients/{ANY}/skin-map", 403),
    (Role.RADIOLOGIST, "PUT", "/api/v1/effective-dose", 403),
    (Role.ADMINISTRATOR, "PUT", "/api/v1/effective-dose", 403),
    (Role.RADIOLOGIST, "PUT", f"/api/v1/devices/{ANY}/skin-calibration", 403),
    (Role.ADMINISTRATOR, "PUT", f"/api/v1/devices/{ANY}/skin-calibration", 403),
    (Role.REFERRER, "GET", f"/api/v1/exams/{ANY}/ct-sizes", 403),
    (Role.ADMINISTRATOR, "GET", f"/api/v1/exams/{ANY}/ct-sizes", 403),
    (Role.RADIOLOGIST, "GET", f"/api/v1/exams/{ANY}/ct-sizes", 404),
    (Role.RADIOLOGIST, "PUT", f"/api/v1/devices/{ANY}/localiser-calibration", 403),
    (Role.ADMINISTRATOR, "PUT", f"/api/v1/devices/{ANY}/localiser-calibration", 403),
    (Role.REFERRER, "GET", f"/api/v1/devices/{ANY}/localiser-calibration", 403),
]


class TestARole:
    @pytest.mark.parametrize(("role", "method", "path", "status"), OF_ROLES)
    def test_allows_its_duty_only(self, house: House, role: Role, method: str, path: str, status: int) -> None:
        house.add_user("ada", role)
        body = WANTED if method == "POST" else {"sends_no_rdsr": True} if method == "PATCH" else None

        answer = house.client.request(method, path, headers=house.headers(Scope.READ, login="ada"), json=body)

        assert answer.status_code == status
