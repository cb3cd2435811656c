"""Tests of api.auth.jwks: whose tokens are believed, and how often keys are asked for."""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import orjson
import pytest

from api.auth.jwks import FetchedKeys, FixedKeys, ForeignTokenRejectedError, KeySource, verified_claims
from api.auth.outgoing import PeerFailedError
from tests.support.https_peer import Peer, https_peer
from tests.support.signing import SigningKey, ec_key, rsa_key, timed, unsigned_part

ISSUER = "https://ehr.example"
AUDIENCE = "https://dose.example/cds-services/advice"
RSA = rsa_key("rsa-1")
ELLIPTIC = ec_key("ec-1")
STRANGER = ec_key("ec-1")  # another key under the same name
KEYS = FixedKeys({"keys": [RSA.jwk, ELLIPTIC.jwk]})
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "sub": "client", "jti": "1"}

Claims = dict[str, Any]


def verified(token: str, keys: KeySource = KEYS, **wanted: Any) -> Claims:  # noqa: ANN401 - several types
    return verified_claims(token, keys, issuer=ISSUER, audience=AUDIENCE, **wanted)


def hmac_by_public_key(claims: Claims) -> str:
    head = unsigned_part(orjson.dumps({"alg": "HS256", "kid": RSA.kid, "typ": "JWT"}))
    signed = f"{head}.{unsigned_part(orjson.dumps(claims))}"
    return f"{signed}.{unsigned_part(hmac.new(RSA.public_pem, signed.encode(), hashlib.sha256).digest())}"


def changed(**values: Any) -> Callable[[Claims], str]:  # noqa: ANN401 - claims have several types
    return lambda claims: ELLIPTIC.sign({**claims, **values})


def without(name: str) -> Callable[[Claims], str]:
    return lambda claims: ELLIPTIC.sign({key: value for key, value in claims.items() if key != name})


PAST, FUTURE = int(time.time()) - 3600, int(time.time()) + 3600
FORGED: dict[str, Callable[[Claims], str]] = {
    "algorithm none": lambda claims: jwt.encode(claims, "", algorithm="none", headers={"kid": ELLIPTIC.kid}),
    "HS256 by the public key": hmac_by_public_key,
    "a stranger's key under the name of a known one": STRANGER.sign,
    "a name of no key": lambda claims: ELLIPTIC.sign(claims, kid="unknown"),
    "the name of a key of another kind": lambda claims: ELLIPTIC.sign(claims, kid=RSA.kid),
    "another algorithm of the same key": SigningKey(RSA.kid, "RS512", RSA.private).sign,
    "an allowed algorithm that the key is not for": SigningKey(RSA.kid, "RS256", RSA.private).sign,
    "an extension that must be understood": lambda claims: ELLIPTIC.sign(claims, crit=["exp"]),
    "a key of its own": lambda claims: STRANGER.sign(claims, jwk=STRANGER.jwk),
    "an address of its keys": lambda claims: STRANGER.sign(claims, jku="https://attacker.example/jwks.json"),
    "an address of its certificate": lambda claims: STRANGER.sign(claims, x5u="https://attacker.example/x.pem"),
    "another issuer": changed(iss="https://attacker.example"),
    "an issuer with a stroke more": changed(iss=f"{ISSUER}/"),
    "another audience": changed(aud="https://dose.example"),
    "an audience among others": changed(aud=[AUDIENCE, "https://other.example"]),
    "expired": changed(exp=PAST),
    "not valid yet": changed(nbf=FUTURE),
    "issued in the future": changed(iat=FUTURE, exp=FUTURE + 60),
    "no expiry": without("exp"),
    "no audience": without("aud"),
    "no issuer": without("iss"),
    "no subject": without("sub"),
    "no time of issue": without("iat"),
    "no token": lambda _: "abc",
    "an empty token": lambda _: "",
    "changed after it was signed": lambda claims: _with_other_claims(ELLIPTIC.sign(claims)),
}


def _with_other_claims(token: str) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{unsigned_part(orjson.dumps(timed({**CLAIMS, 'sub': 'other'})))}.{signature}"


@pytest.mark.parametrize("key", [RSA, ELLIPTIC], ids=["RSA", "elliptic"])
def test_returns_the_claims_of_a_token_of_the_issuer(key: SigningKey) -> None:
    assert verified(key.sign(timed(CLAIMS)))["sub"] == "client"


def test_takes_an_audience_that_is_a_list_of_one() -> None:
    assert verified(ELLIPTIC.sign(timed({**CLAIMS, "aud": [AUDIENCE]})))["sub"] == "client"


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_refuses_a_token_of_which_one_thing_is_wrong(forge: Callable[[Claims], str]) -> None:
    with pytest.raises(ForeignTokenRejectedError):
        verified(forge(timed(CLAIMS)))


def test_refuses_a_token_that_names_no_key_where_there_are_two() -> None:
    token = jwt.encode(timed(CLAIMS), ELLIPTIC.private, algorithm="ES384")

    with pytest.raises(ForeignTokenRejectedError):
        verified(token)
    assert verified(token, FixedKeys({"keys": [ELLIPTIC.jwk]}))["sub"] == "client"


def test_refuses_two_keys_of_one_name() -> None:
    with pytest.raises(ForeignTokenRejectedError):
        verified(ELLIPTIC.sign(timed(CLAIMS)), FixedKeys({"keys": [ELLIPTIC.jwk, STRANGER.jwk]}))


def test_refuses_a_key_that_is_for_encryption() -> None:
    with pytest.raises(ForeignTokenRejectedError):
        verified(ELLIPTIC.sign(timed(CLAIMS)), FixedKeys({"keys": [{**ELLIPTIC.jwk, "use": "enc"}]}))


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_refuses_a_short_rsa_key() -> None:
    short = rsa_key("short", bits=1024)

    with pytest.raises(ForeignTokenRejectedError):
        verified(short.sign(timed(CLAIMS)), FixedKeys({"keys": [short.jwk]}))


def test_refuses_an_algorithm_that_this_issuer_does_not_use() -> None:
    with pytest.raises(ForeignTokenRejectedError):
        verified(RSA.sign(timed(CLAIMS)), algorithms=["ES384"])


def test_refuses_another_kind_of_token() -> None:
    assert verified(RSA.sign(timed(CLAIMS), typ="JWT"), types=["jwt"])["sub"] == "client"
    with pytest.raises(ForeignTokenRejectedError):
        verified(RSA.sign(timed(CLAIMS), typ="at+jwt"), types=["jwt"])


def test_refuses_a_token_that_is_valid_for_too_long() -> None:
    assert verified(RSA.sign(timed(CLAIMS, valid_s=300)), longest_s=300)["sub"] == "client"
    with pytest.raises(ForeignTokenRejectedError):
        verified(RSA.sign(timed(CLAIMS, valid_s=360)), longest_s=300)


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with https_peer(Path(tmp_path_factory.mktemp("issuer"))) as listening:
        yield listening


class TestFetchedKeys:
    @pytest.fixture
    def clock(self, peer: Peer) -> dict[str, float]:
        peer.asked.clear()
        publish(peer, RSA)
        return {"now": 1000.0}

    @pytest.fixture
    def keys(self, peer: Peer, clock: dict[str, float]) -> FetchedKeys:
        return FetchedKeys(peer.outgoing(), f"{peer.origin}/jwks.json", clock=lambda: clock["now"])

    def test_are_asked_for_once_while_they_are_fresh(self, peer: Peer, keys: FetchedKeys) -> None:
        for _ in range(3):
            assert verified(RSA.sign(timed(CLAIMS)), keys)["sub"] == "client"
        assert len(peer.asked) == 1

    def test_are_asked_for_at_most_once_a_minute_whatever_keys_are_named(
        self, peer: Peer, keys: FetchedKeys, clock: dict[str, float]
    ) -> None:
        for number in range(120):
            clock["now"] += 1
            assert keys.find(f"unknown-{number}") is None
        assert len(peer.asked) == 2

    def test_have_a_new_key_a_minute_later_at_the_latest(
        self, peer: Peer, keys: FetchedKeys, clock: dict[str, float]
    ) -> None:
        assert keys.find(ELLIPTIC.kid) is None
        publish(peer, RSA, ELLIPTIC)
        clock["now"] += 60

        assert verified(ELLIPTIC.sign(timed(CLAIMS)), keys)["sub"] == "client"

    def test_lose_a_key_that_the_issuer_took_back(self, peer: Peer, keys: FetchedKeys, clock: dict[str, float]) -> None:
        assert keys.find(RSA.kid) is not None
        publish(peer, ELLIPTIC)
        clock["now"] += 600

        assert keys.find(RSA.kid) is None

    def test_are_kept_as_long_as_the_issuer_says_but_no_longer_than_an_hour(
        self, peer: Peer, keys: FetchedKeys, clock: dict[str, float]
    ) -> None:
        publish(peer, RSA, cache_control="public, max-age=86400")
        assert keys.find(RSA.kid) is not None
        clock["now"] += 3599
        assert keys.find(RSA.kid) is not None
        assert len(peer.asked) == 1
        clock["now"] += 1
        assert keys.find(RSA.kid) is not None
        assert len(peer.asked) == 2

    def test_serve_for_an_hour_while_the_issuer_does_not_answer(
        self, peer: Peer, keys: FetchedKeys, clock: dict[str, float]
    ) -> None:
        assert keys.find(RSA.kid) is not None
        peer.answers["/jwks.json"] = (500, {}, b"")
        clock["now"] += 3600
        assert keys.find(RSA.kid) is not None
        clock["now"] += 1
        with pytest.raises(PeerFailedError):
            keys.find(RSA.kid)

    @pytest.mark.parametrize("body", [b"", b"[]", b'{"keys": 1}', b"<html>"])
    def test_are_none_where_the_issuer_serves_something_else(self, peer: Peer, keys: FetchedKeys, body: bytes) -> None:
        peer.answers["/jwks.json"] = (200, {}, body)

        with pytest.raises(PeerFailedError):
            keys.find(RSA.kid)


def publish(peer: Peer, *keys: SigningKey, cache_control: str = "") -> None:
    body = orjson.dumps({"keys": [key.jwk for key in keys]})
    peer.answers["/jwks.json"] = (200, {"Cache-Control": cache_control}, body)
