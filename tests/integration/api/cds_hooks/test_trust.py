"""Tests of api.cds_hooks: who may call, what comes is checked, and from which pages. All people are invented."""

import hmac
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode

from api.auth.outgoing import Outgoing, OutgoingRules
from api.cds_hooks.keys import keys_of
from doseledger.demo.hospital import ANNA, ANNA_CHEST
from tests.integration.api.cds_hooks.conftest import HOOKS, Ward, ward_of
from tests.integration.api.conftest import MakeHouse
from tests.support.https_peer import https_peer
from tests.support.mock_ehr_hooks import CLIENT, JWKS_URL, SERVICE, MockEhr, call, feedback, patient, service_request

BODY = call("order-sign", patient(ANNA.identifier), service_request())


def claimed(**changed: Any) -> Callable[[MockEhr], str]:  # noqa: ANN401 - claims have several types
    return lambda ehr: ehr.sign(ehr.claims(SERVICE, **changed))


def headed(**changed: Any) -> Callable[[MockEhr], str]:  # noqa: ANN401 - likewise
    return lambda ehr: ehr.sign(ehr.claims(SERVICE), **changed)


def by_another_key(ehr: MockEhr) -> str:
    return MockEhr(base=ehr.base, key=generate_private_key(SECP384R1())).sign(ehr.claims(SERVICE))


def unsigned(ehr: MockEhr) -> str:
    return jwt.encode(ehr.claims(SERVICE), "", algorithm="none", headers={"kid": ehr.kid, "typ": "JWT"})


def by_the_public_key_as_a_secret(ehr: MockEhr) -> str:
    """Return what PyJWT itself refuses to sign."""
    public = ehr.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = ({"alg": "HS256", "kid": ehr.kid, "typ": "JWT"}, ehr.claims(SERVICE))
    signed = b".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
    return b".".join((signed, base64url_encode(hmac.digest(public, signed, "sha256")))).decode()


FORGED: dict[str, Callable[[MockEhr], str]] = {
    "no signature": unsigned,
    "HS256 with the public key": by_the_public_key_as_a_secret,
    "another key": by_another_key,
    "another kid": headed(kid="ehr-2"),
    "no kid": headed(kid=None),
    "another kind": headed(typ="at+jwt"),
    "no kind": headed(typ=""),
    "a jku that nobody named": headed(jku="https://evil.example/jwks.json"),
    "a jku that is none": headed(jku=["x"]),
    "an extension that must be understood": headed(crit=["x"], x="1"),
    "another issuer": claimed(iss="https://evil.example"),
    "no issuer": claimed(iss=None),
    "the address of discovery": claimed(aud="http://127.0.0.1/cds-services"),
    "the address of another service": claimed(aud="http://127.0.0.1/cds-services/other"),
    "an address at another host": claimed(aud=f"https://dose.example{SERVICE}"),
    "our address among others": claimed(aud=[f"http://127.0.0.1{SERVICE}", "https://other.example"]),
    "no audience": claimed(aud=None),
    "expired": claimed(exp=1_600_000_000),
    "no expiry": claimed(exp=None),
    "an expiry in years": claimed(exp=int(time.time()) + 10**9),
    "issued in the future": claimed(iat=int(time.time()) + 3600),
    "no time of issue": claimed(iat=None),
    "no jti": claimed(jti=None),
    "an empty jti": claimed(jti=""),
    "a jti that is a number": claimed(jti=7),
    "no token at all": lambda _: "abc",
}


def test_a_token_is_refused_when_one_thing_about_it_is_wrong(ward: Ward) -> None:
    answers = {
        name: ward.house.client.post(SERVICE, json=BODY, headers={"Authorization": f"Bearer {forge(ward.ehr)}"})
        for name, forge in FORGED.items()
    }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(FORGED, 401)
    assert {answer.text for answer in answers.values()} == {answers["expired"].text}  # none says which
    assert ward.house.rows("SELECT count(*) FROM access_log WHERE via = 'hook'") == [(0,)]


def test_a_token_serves_for_one_call(ward: Ward) -> None:
    headers = ward.ehr.headers(SERVICE)

    first, again = (ward.house.client.post(SERVICE, json=BODY, headers=headers) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 401)


def test_a_token_is_used_up_by_a_call_that_fails(ward: Ward) -> None:
    headers = ward.ehr.headers(SERVICE)

    first, again = (ward.house.client.post(SERVICE, json=body, headers=headers) for body in ({}, BODY))

    assert (first.status_code, again.status_code) == (422, 401)


def test_each_door_needs_a_token(ward: Ward) -> None:
    for method, path in (("GET", "/cds-services"), ("POST", SERVICE), ("POST", f"{SERVICE}/feedback")):
        answer = ward.house.client.request(method, path, json=BODY)

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_without_an_ehr_in_the_settings_nobody_is_let_in(make_house: MakeHouse) -> None:
    house = make_house()
    headers = MockEhr(base="http://127.0.0.1").headers("/cds-services")

    assert house.client.get("/cds-services", headers=headers).status_code == 401


def test_the_named_jku_and_a_list_of_our_address_alone_are_as_good(ward: Ward) -> None:
    token = ward.ehr.sign(ward.ehr.claims(SERVICE, aud=[f"http://127.0.0.1{SERVICE}"]), jku=JWKS_URL)

    assert ward.house.client.post(SERVICE, json=BODY, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_ehrs_of_one_issuer_are_told_apart_by_their_tenant(make_house: MakeHouse) -> None:
    ward = ward_of(make_house(hooks=replace(HOOKS, clients=(replace(CLIENT, tenant="one"),))))

    assert [ward.post(BODY, tenant=tenant).status_code for tenant in ("one", "two", None)] == [200, 401, 401]


def test_another_service_is_not_known(ward: Ward) -> None:
    path = "/cds-services/other"

    assert ward.post(BODY, path).status_code == 404
    assert ward.post(feedback("00000000-0000-4000-8000-000000000000"), f"{path}/feedback").status_code == 404


class TestKeys:
    def test_are_fetched_from_the_address_of_the_settings_and_kept(self, make_house: MakeHouse, tmp_path: Path) -> None:
        with https_peer(tmp_path) as peer:
            address = f"{peer.origin}/jwks.json"
            client = replace(CLIENT, jwks_url=address, fhir_server=f"{peer.origin}/r4")
            ward = ward_of(make_house(hooks=replace(HOOKS, clients=(client,))))
            ward.had(ANNA_CHEST, days_ago=12)
            rules = OutgoingRules(
                origins=frozenset({peer.origin}),
                networks=(ip_network("127.0.0.0/8"),),
                authorities=str(peer.authorities),
            )
            outgoing = Outgoing(rules, resolve=lambda _host, _port: ["127.0.0.1"])
            ward.house.app.state.hook_outgoing = outgoing
            ward.house.app.state.hook_keys = keys_of((client,), outgoing)
            peer.answers["/jwks.json"] = (200, {}, json.dumps(ward.ehr.jwks).encode())
            peer.answers["/r4/Patient/p1"] = (200, {}, json.dumps(patient(ANNA.identifier)).encode())

            assert ward.post(BODY).status_code == 200
            assert ward.post(BODY).status_code == 200
            assert peer.asked == ["/jwks.json"]

            # The same with a patient who is not in the call but at the EHR's own server.
            access = {
                "access_token": "opaque",
                "token_type": "Bearer",
                "expires_in": 300,
                "scope": "patient/Patient.read",
                "subject": "doseledger",
            }
            body = call("order-sign", None, service_request(), fhirServer=f"{peer.origin}/r4", fhirAuthorization=access)
            assert ward.post(body).json()["cards"][0]["summary"] == "CT chest 12 days ago"
            assert peer.asked == ["/jwks.json", "/r4/Patient/p1"]

            elsewhere = body | {"hookInstance": BODY["hookInstance"], "fhirServer": "https://evil.example/r4"}
            assert ward.post(elsewhere).status_code == 412
            assert len(peer.asked) == 2

    def test_that_cannot_be_had_are_no_refusal(self, make_house: MakeHouse) -> None:
        ward = ward_of(make_house(hooks=HOOKS))
        nobody = Outgoing(
            OutgoingRules(origins=frozenset({"https://ehr.example"})), resolve=lambda _host, _port: ["169.254.169.254"]
        )
        ward.house.app.state.hook_keys = keys_of((CLIENT,), nobody)

        answer = ward.post(BODY)

        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def without(*path: str) -> dict[str, Any]:
    body = json.loads(json.dumps(BODY))
    part = body
    for name in path[:-1]:
        part = part[name]
    del part[path[-1]]
    return dict(body)


def changed(value: object, *path: str) -> dict[str, Any]:
    body = json.loads(json.dumps(BODY))
    part = body
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return dict(body)


BAD: dict[str, dict[str, Any]] = {
    "no hook": without("hook"),
    "a hook that there is not": changed("medication-prescribe", "hook"),
    "no instance": without("hookInstance"),
    "an instance that is none": changed("1", "hookInstance"),
    "no context": without("context"),
    "no user": without("context", "userId"),
    "a user of no kind": changed("dr-roe", "context", "userId"),
    "no patient": without("context", "patientId"),
    "a patient that is a path": changed("../Observation", "context", "patientId"),
    "no orders": without("context", "draftOrders"),
    "orders that are no Bundle": changed({"resourceType": "List"}, "context", "draftOrders"),
    "an order of another patient": changed(
        {"resourceType": "Bundle", "entry": [{"resource": service_request(fhir_id="p2")}]}, "context", "draftOrders"
    ),
    "a select without selections": changed("order-select", "hook"),
    "another patient fetched": changed(patient(ANNA.identifier, fhir_id="p2"), "prefetch", "patient"),
    "access without a server": changed(
        {"access_token": "x", "token_type": "Bearer", "expires_in": 1, "scope": "", "subject": "s"}, "fhirAuthorization"
    ),
    "too many orders": changed(
        {"resourceType": "Bundle", "entry": [{"resource": service_request()}] * 201}, "context", "draftOrders"
    ),
}


class TestABody:
    def test_that_is_not_as_specified_is_refused_without_a_value_of_it(self, ward: Ward) -> None:
        answers = {name: ward.post(body) for name, body in BAD.items()}

        assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(BAD, 422)
        assert not any(ANNA.identifier in answer.text for answer in answers.values())

    def test_may_have_what_the_specification_does_not_name(self, ward: Ward) -> None:
        body = changed({"com.example.x": 1}, "extension")
        body["context"]["future"] = {"a": [1]}
        body["prefetch"]["user"] = "123"

        assert len(ward.post(body).json()["cards"]) == 1

    def test_without_a_patient_is_a_precondition_that_failed(self, ward: Ward) -> None:
        for body in (without("prefetch"), changed({}, "prefetch"), without("prefetch", "patient", "identifier")):
            assert ward.post(body).status_code == 412

    def test_may_be_large_but_not_of_any_size(self, ward: Ward) -> None:
        assert ward.post(changed("x" * 200_000, "extension")).status_code == 200
        assert ward.post(changed("x" * 1_100_000, "extension")).status_code == 413


class TestPages:
    def test_of_the_ehr_may_call_and_no_others(self, ward: Ward) -> None:
        for origin, allowed in (("https://pages.ehr.example", True), ("https://evil.example", False)):
            asked = {
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type",
            }
            preflight = ward.house.client.options(SERVICE, headers=asked)
            answer = ward.house.client.post(SERVICE, json=BODY, headers={**ward.ehr.headers(SERVICE), "Origin": origin})

            assert (preflight.status_code == 200) is allowed
            told = {one.headers.get("access-control-allow-origin") for one in (preflight, answer)}
            assert told == ({origin} if allowed else {None})
            assert "access-control-allow-credentials" not in answer.headers

    def test_may_call_nothing_but_the_hooks(self, ward: Ward) -> None:
        answer = ward.house.client.get("/health/live", headers={"Origin": "https://pages.ehr.example"})

        assert "access-control-allow-origin" not in answer.headers


def test_a_token_of_rest_opens_no_hook(ward: Ward) -> None:
    assert ward.house.client.post(SERVICE, json=BODY, headers=ward.house.reading).status_code == 401
    path = f"/api/v1/patients/{ward.house.patient_id(ANNA.identifier)}/exams"
    assert ward.house.client.get(path, headers=ward.ehr.headers(path)).status_code == 401


def test_minutes_later_the_same_token_is_still_refused(ward: Ward) -> None:
    headers = ward.ehr.headers(SERVICE)
    assert ward.house.client.post(SERVICE, json=BODY, headers=headers).status_code == 200
    ward.house.late_by = timedelta(minutes=4)

    assert ward.house.client.post(SERVICE, json=BODY, headers=headers).status_code == 401
