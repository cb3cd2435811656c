"""Tests of api.auth.oidc: a provider that does not answer, or not all."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from api.auth import oidc
from api.auth.jwks import ForeignTokenRejectedError
from api.auth.oidc import Attempt, OidcProvider, OidcSettings, Vouched
from api.auth.outgoing import Answered, Outgoing, OutgoingRules, PeerFailedError
from dose_services.directory_users import Duty
from dose_services.roles import Role
from tests.support.signing import rsa_key, timed

ISSUER = "https://login.hospital.example"
BACK = "https://dose.example/sign-in/oidc/callback"
KEY = rsa_key("key-1", "RS256")
ATTEMPT = Attempt("an invented secret of a browser")
ABOUT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/me",
    "jwks_uri": f"{ISSUER}/keys",
}
CONFIGURATION = "/.well-known/openid-configuration"

Json = dict[str, Any]


class Wire(Outgoing):
    """A provider that answers by path: a status, or an object with 200."""

    def __init__(self, **id_claims: object) -> None:
        super().__init__(OutgoingRules(origins=frozenset({ISSUER})))
        claims = {"iss": ISSUER, "aud": "doseledger", "sub": "1", "nonce": ATTEMPT.nonce, **id_claims}
        self.answers: dict[str, Json | int] = {
            CONFIGURATION: ABOUT,
            "/keys": {"keys": [KEY.jwk]},
            "/token": {"id_token": KEY.sign(timed(claims)), "access_token": "x"},
        }
        self.asked: list[str] = []

    def ask(self, method: str, url: str, **_: object) -> Answered:
        del method
        path = urlsplit(url).path
        self.asked.append(path)
        answer = self.answers[path]
        status, body = (answer, {}) if isinstance(answer, int) else (200, answer)
        return Answered(status=status, headers={}, body=orjson.dumps(body))


def provider_by(wire: Outgoing) -> OidcProvider:
    settings = OidcSettings(
        issuer=ISSUER,
        label="the hospital",
        client_id="doseledger",
        client_secret="an invented secret",
        duties={"readers": (Duty(role=Role.RADIOLOGIST),)},
        outgoing=OutgoingRules(origins=frozenset({ISSUER})),
    )
    return OidcProvider(settings, outgoing=wire)


def vouched(wire: Wire) -> Vouched:
    return provider_by(wire).vouched(ATTEMPT, "code", BACK, issuer=None)


def test_one_that_does_not_answer_is_not_asked_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    wire.answers[CONFIGURATION] = 503
    provider = provider_by(wire)
    for _ in range(3):
        with pytest.raises(PeerFailedError):
            provider.address(ATTEMPT, BACK)
    assert wire.asked == [CONFIGURATION]

    monkeypatch.setattr(oidc, "_FAILED_FOR_S", 0.0)
    wire.answers[CONFIGURATION] = ABOUT
    assert provider.address(ATTEMPT, BACK).startswith(f"{ISSUER}/authorize?")


def test_nobody_waits_for_who_asked_before() -> None:
    is_asked, may_answer = Event(), Event()

    class Slow(Wire):
        def ask(self, method: str, url: str, **more: object) -> Answered:
            if not is_asked.is_set():
                is_asked.set()
                assert may_answer.wait(5)
            return super().ask(method, url, **more)

    provider = provider_by(Slow())
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(provider.address, ATTEMPT, BACK)
        assert is_asked.wait(5)
        second = pool.submit(provider.address, ATTEMPT, BACK)
        try:
            told = second.result(timeout=2)
        finally:
            may_answer.set()
        assert told == first.result()


def test_groups_that_the_id_token_does_not_hold_are_asked_for() -> None:
    wire = Wire()
    wire.answers["/me"] = {"sub": "1", "preferred_username": "Ada", "groups": ["readers", "anglers"]}

    assert vouched(wire) == Vouched(subject="1", login="ada", duties=frozenset({Duty(role=Role.RADIOLOGIST)}))


@pytest.mark.parametrize("answer", [503, 401, {"sub": "2", "groups": ["readers"]}])
def test_groups_that_cannot_be_told_are_not_none(answer: Json | int) -> None:
    wire = Wire(preferred_username="ada")
    wire.answers["/me"] = answer

    with pytest.raises(PeerFailedError, match="groups"):
        vouched(wire)


def test_a_name_that_cannot_be_told_is_nobodys() -> None:
    wire = Wire(groups=["readers"])
    wire.answers["/me"] = 503

    with pytest.raises(ForeignTokenRejectedError):
        vouched(wire)
