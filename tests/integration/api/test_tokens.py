"""Tests of api.auth.principals: who is let in. For what, the access matrix tests (test_access_matrix.py)."""

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
