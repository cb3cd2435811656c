"""Tests of tokens for programs: by a secret, or by a signed assertion."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import orjson
import pytest

from db.session import unit_of_work
from dose_services import service_clients
from dose_services.audit import Looker
from dose_services.roles import Scope
from tests.integration.api.conftest import House
from tests.support.signing import ec_key, rsa_key, timed, unsigned_part

TOKEN_URL = "http://127.0.0.1/oauth/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
RSA, ELLIPTIC, STRANGER = rsa_key("rsa"), ec_key("ec"), ec_key("ec")
LOOKER = Looker.of_service("test", "test")

Claims = dict[str, Any]


def add_client(house: House, client_id: str = "my-ris", **more: Any) -> str | None:  # noqa: ANN401 - several types
    values = {"scopes": [Scope.READ, Scope.LAUNCH], **more}
    with unit_of_work(house.engine) as session:
        return service_clients.add(session, client_id, looker=LOOKER, now=house.now, **values)


def ask(house: House, *, basic: tuple[str, str] | None = None, **form: str) -> Any:  # noqa: ANN401 - a foreign response
    sent = {"grant_type": "client_credentials", **form}
    headers = {} if basic is None else {"Authorization": f"Basic {b64encode(':'.join(basic).encode()).decode()}"}
    return house.client.post("/oauth/token", data=sent, headers=headers)


def assertion(**changed: Any) -> Claims:  # noqa: ANN401 - claims have several types
    claims = {"iss": "my-ris", "sub": "my-ris", "aud": TOKEN_URL, "jti": str(uuid4()), **changed}
    return {name: value for name, value in timed(claims).items() if value is not None}


def ask_signed(house: House, signed: str, **form: str) -> Any:  # noqa: ANN401 - a foreign response
    sent = {"client_assertion_type": ASSERTION, "client_assertion": signed, **form}
    return ask(house, basic=None, **sent)


def opens(house: House, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return int(house.client.get("/api/v1/exams?study_instance_uid=1.2.3", headers=headers).status_code)


def test_a_program_gets_a_short_token_by_its_secret(house: House) -> None:
    secret = add_client(house)
    assert secret is not None

    answer = ask(house, basic=("my-ris", secret), scope="read")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    given = answer.json()
    assert (given["token_type"], given["expires_in"], given["scope"]) == ("Bearer", 300, "read")
    assert opens(house, given["access_token"]) == 200
    house.late_by = timedelta(minutes=6)
    assert opens(house, given["access_token"]) == 401


def test_a_secret_is_kept_nowhere(house: House) -> None:
    secret = add_client(house)

    assert str(secret) not in str(house.rows("SELECT service_client::text FROM service_client"))


def test_a_program_that_shows_no_secret_of_its_own_gets_nothing(house: House) -> None:
    secret = str(add_client(house))
    for basic in (("my-ris", "x"), ("my-ris", ""), ("nobody", secret), ("my-ris\x00", secret), ("", ""), None):
        answer = ask(house, basic=basic)

        assert answer.status_code == 401
        assert answer.json() == {"error": "invalid_client"}
    assert ask(house, basic=("my-ris", secret), client_assertion="x").status_code == 401  # two ways at once
    with unit_of_work(house.engine) as session:
        service_clients.disable(session, "my-ris", looker=LOOKER, now=house.now)
    assert ask(house, basic=("my-ris", secret)).status_code == 401


def test_a_program_gets_no_scope_that_it_may_not_have_and_by_no_other_grant(house: House) -> None:
    basic = "my-ris", str(add_client(house))

    assert ask(house, basic=basic, scope="read ingest").json() == {"error": "invalid_scope"}
    assert ask(house, basic=basic, scope="everything").json() == {"error": "invalid_scope"}
    assert ask(house, basic=basic, grant_type="password").json() == {"error": "unsupported_grant_type"}
    assert set(ask(house, basic=basic).json()["scope"].split()) == {"read", "launch"}


def test_a_program_gets_a_token_by_what_it_signed_once(house: House) -> None:
    add_client(house, jwks={"keys": [RSA.jwk, ELLIPTIC.jwk]})
    for key in (RSA, ELLIPTIC):
        signed = key.sign(assertion())

        assert opens(house, ask_signed(house, signed, scope="read").json()["access_token"]) == 200
        assert ask_signed(house, signed).json() == {"error": "invalid_client"}  # again


def by_public_key(claims: Claims) -> str:
    signed = f"{unsigned_part(orjson.dumps({'alg': 'HS256', 'kid': 'rsa'}))}.{unsigned_part(orjson.dumps(claims))}"
    return f"{signed}.{unsigned_part(hmac.new(RSA.public_pem, signed.encode(), hashlib.sha256).digest())}"


FORGED: dict[str, Callable[[House], str]] = {
    "algorithm none": lambda _: jwt.encode(assertion(), "", algorithm="none", headers={"kid": "ec"}),
    "HS256 by the public key": lambda _: by_public_key(assertion()),
    "another's key": lambda _: STRANGER.sign(assertion()),
    "an address of its own keys": lambda _: STRANGER.sign(assertion(), jku="https://attacker.example/keys"),
    "a key that nobody knows": lambda _: ELLIPTIC.sign(assertion(), kid="x"),
    "another audience": lambda _: ELLIPTIC.sign(assertion(aud="http://127.0.0.1")),
    "another issuer": lambda _: ELLIPTIC.sign(assertion(iss="other")),
    "an issuer that nobody can have": lambda _: ELLIPTIC.sign(assertion(iss="my-ris\x00")),
    "another subject": lambda _: ELLIPTIC.sign(assertion(sub="other")),
    "expired": lambda _: ELLIPTIC.sign(assertion(exp=1_600_000_000)),
    "not valid yet": lambda _: ELLIPTIC.sign(assertion(nbf=4_000_000_000)),
    "valid for an hour": lambda _: ELLIPTIC.sign(assertion(exp=assertion()["exp"] + 3600)),
    "no id": lambda _: ELLIPTIC.sign(assertion(jti=None)),
    "no expiry": lambda _: ELLIPTIC.sign(assertion(exp=None)),
    "an access token": lambda house: house.token(Scope.READ),
    "no token": lambda _: "x",
}


def test_a_program_gets_nothing_by_an_assertion_of_which_one_thing_is_wrong(house: House) -> None:
    add_client(house, jwks={"keys": [RSA.jwk, ELLIPTIC.jwk]})
    for what, forge in FORGED.items():
        assert ask_signed(house, forge(house)).json() == {"error": "invalid_client"}, what


def test_an_assertion_or_an_id_token_is_no_access_token(house: House) -> None:
    add_client(house, jwks={"keys": [ELLIPTIC.jwk]})

    assert opens(house, ELLIPTIC.sign(assertion(aud="doseledger-api", iss="doseledger"))) == 401
    assert opens(house, ELLIPTIC.sign(assertion(aud="doseledger-api", iss="doseledger"), typ="at+jwt")) == 401


def test_refusals_are_counted_for_an_address(house: House) -> None:
    answers = [ask(house, basic=("nobody", "x")).status_code for _ in range(61)]

    assert answers == [401] * 60 + [429]


@pytest.mark.parametrize("client_id", ["", "two words", "a:b", "my-ris"])
def test_an_id_that_is_none_or_taken_is_refused(house: House, client_id: str) -> None:
    add_client(house)

    with pytest.raises(service_clients.ClientRefusedError):
        add_client(house, client_id)


def test_of_each_token_it_is_known_when_it_was_used_last_to_a_minute(house: House) -> None:
    token = house.token(Scope.READ)
    used = "SELECT last_used_at FROM issued_token"
    assert house.rows(used) == [(None,)]

    opens(house, token)
    first = house.rows(used)
    opens(house, token)
    assert house.rows(used) == first
    house.late_by = timedelta(minutes=1)
    opens(house, token)
    assert house.rows(used)[0][0] - first[0][0] >= timedelta(minutes=1)
