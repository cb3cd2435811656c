"""
SMART App Launch 2.2, EHR launch: what is asked of the EHR, and what of its answers is believed.

An EHR is asked only if the site names it. Its authorisation server proves who the person is (id_token) and gives an
access token, with which the identifiers of the patient in context are read; that token is kept nowhere.

Source: HL7 SMART App Launch 2.2.0, App Launch and Client Authentication; OpenID Connect Core 1.0, 3.1.3.7;
RFC 7636; RFC 9207.
"""

import base64
import re
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

import jwt

from api.auth.jwks import FetchedKeys, ForeignTokenRejectedError, verified_claims
from api.auth.outgoing import Outgoing, PeerFailedError
from api.launch.peers import Authentication, LaunchPeers, SmartIssuer
from dose_core.errors import DoseError

_KEPT_S = 600.0  # ours: for how long what an EHR says of itself is believed
_ASSERTION_S = 120  # at most five minutes (SMART App Launch 2.2, Authenticating to the Token endpoint)
_FHIR_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")  # FHIR R4, 2.24.0.1, id
_PERSON = re.compile(r"(?:Practitioner|PractitionerRole|Person)/[A-Za-z0-9.-]{1,64}")
_OK = 200
_JSON = {"Accept": "application/json"}


class SmartRejectedError(DoseError):
    """A SMART launch does not hold; open the view again from the EHR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What an EHR says of itself, as far as it is needed."""

    issuer: str  # of id_tokens
    authorization_endpoint: str
    token_endpoint: str
    keys: FetchedKeys
    states_issuer: bool  # in each answer of its authorisation endpoint (RFC 9207, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came for a code: who the person is, and the context of the launch. It goes no further than the exchange."""

    person: str
    patient: str  # the id of the patient at the EHR
    access_token: str = field(repr=False)
    context: Mapping[str, Any]


class Ehrs:
    """The EHRs of a site. One object serves all threads, and keeps what the EHRs say of themselves for some minutes."""

    def __init__(self, peers: LaunchPeers, outgoing: Outgoing | None = None) -> None:
        self._peers = peers
        self._outgoing = outgoing or Outgoing(peers.outgoing)
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Configuration]] = {}

    @property
    def outgoing(self) -> Outgoing:
        """What asks them."""
        return self._outgoing

    def named(self, iss: str) -> SmartIssuer:
        """
        Return the EHR of this FHIR base address.

        Raises:
            SmartRejectedError: the site names none such; nobody was asked.
        """
        found = self._peers.issuers.get(iss.removesuffix("/"))
        if found is None:
            raise rejected()
        return found

    def configuration(self, issuer: SmartIssuer) -> Configuration:
        """
        Return what the EHR says of itself.

        Raises:
            SmartRejectedError: it does not speak S256, or sends us where the site asks nobody.
            PeerFailedError: it does not answer as it should.
        """
        with self._lock:
            kept = self._known.get(issuer.iss)
        if kept is not None and time.monotonic() - kept[0] < _KEPT_S:
            return kept[1]
        answer = self._outgoing.ask("GET", f"{issuer.iss}/.well-known/smart-configuration", headers=_JSON)
        if answer.status != _OK:
            raise PeerFailedError("the EHR does not say how it is launched from")
        told = answer.json()
        places = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        speaks = told.get("code_challenge_methods_supported")
        if not isinstance(told.get("issuer"), str) or not isinstance(speaks, list) or "S256" not in speaks:
            raise rejected()
        if not all(isinstance(place, str) and self._outgoing.allows(place) for place in places):
            raise rejected()
        authorization, token, keys = map(str, places)
        made = Configuration(
            issuer=told["issuer"],
            authorization_endpoint=authorization,
            token_endpoint=token,
            keys=FetchedKeys(self._outgoing, keys),
            states_issuer=told.get("authorization_response_iss_parameter_supported") is True,
        )
        with self._lock:
            self._known[issuer.iss] = (time.monotonic(), made)
        return made


def verifier_of(secret: str) -> str:
    """Return the code_verifier (RFC 7636, 4.1) that belongs to the secret of a browser; it is kept nowhere."""
    return _derived("verifier", secret)


def nonce_of(secret: str) -> str:
    """Return the nonce of the id_token that belongs to the secret of a browser."""
    return _derived("nonce", secret)


def authorization_address(
    issuer: SmartIssuer, configuration: Configuration, *, launch: str, state: str, secret: str, redirect_uri: str
) -> str:
    """Return where the browser is sent, with all that the authorisation server needs."""
    challenge = base64.urlsafe_b64encode(sha256(verifier_of(secret).encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": issuer.client_id,
        "redirect_uri": redirect_uri,
        "launch": launch,
        "scope": issuer.scope,
        "state": state,
        "aud": issuer.iss,
        "nonce": nonce_of(secret),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    place = configuration.authorization_endpoint
    return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"


def exchange(
    outgoing: Outgoing, issuer: SmartIssuer, configuration: Configuration, *, code: str, secret: str, redirect_uri: str
) -> Answer:
    """
    Return what the token endpoint gives for a code.

    Raises:
        SmartRejectedError: it refuses the code, or its answer does not hold; the text does not say which.
        PeerFailedError: it does not answer.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier_of(secret),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", **_JSON}
    if issuer.authentication is Authentication.BASIC:
        # RFC 6749, 2.3.1: both are form-encoded first.
        pair = f"{quote(issuer.client_id, safe='')}:{quote(issuer.secret or '', safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    elif issuer.authentication is Authentication.PRIVATE_KEY:
        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        form["client_assertion"] = _assertion(issuer, configuration.token_endpoint)
    else:
        form["client_id"] = issuer.client_id
    answer = outgoing.ask("POST", configuration.token_endpoint, headers=headers, body=urlencode(form).encode())
    if answer.status != _OK:
        raise rejected()
    told = answer.json()
    access_token, patient = told.get("access_token"), told.get("patient")
    is_bearer = isinstance(told.get("token_type"), str) and told["token_type"].lower() == "bearer"
    if not (is_bearer and isinstance(access_token, str) and re.fullmatch(r"[!-~]{1,8192}", access_token)):
        raise rejected()
    if not (isinstance(patient, str) and _FHIR_ID.fullmatch(patient)):
        raise rejected()
    person = _person(issuer, configuration, told.get("id_token"), nonce=nonce_of(secret))
    return Answer(person=person, patient=patient, access_token=access_token, context=told)


def _person(issuer: SmartIssuer, configuration: Configuration, id_token: object, *, nonce: str) -> str:
    if not isinstance(id_token, str):
        raise rejected()
    try:
        claims = verified_claims(
            id_token,
            configuration.keys,
            issuer=configuration.issuer,
            audience=issuer.client_id,
            required=("exp", "iat", "iss", "aud", "sub", "nonce"),
        )
    except ForeignTokenRejectedError:
        raise rejected() from None
    person = claims.get(issuer.person_claim)
    if claims["nonce"] != nonce or claims.get("azp", issuer.client_id) != issuer.client_id:
        raise rejected()
    if not isinstance(person, str) or not person:
        raise rejected()
    if issuer.person_claim != "fhirUser":
        return person
    # Absolute or not, it is a resource of this EHR; of another server it is somebody else.
    relative = person.removeprefix(f"{issuer.iss}/")
    if not _PERSON.fullmatch(relative):
        raise rejected()
    return relative


def _assertion(issuer: SmartIssuer, token_endpoint: str) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer.client_id,
        "sub": issuer.client_id,
        "aud": token_endpoint,
        "iat": now,
        "exp": now + _ASSERTION_S,
        "jti": str(uuid.uuid4()),
    }
    headers = {"kid": issuer.key_id} if issuer.key_id else None
    return jwt.encode(claims, issuer.private_key or "", algorithm=issuer.algorithm, headers=headers)


def _derived(label: str, secret: str) -> str:
    # The secret has 256 random bits; what is made of it under two labels says nothing of it, nor of the other.
    return base64.urlsafe_b64encode(sha256(f"{label}:{secret}".encode()).digest()).rstrip(b"=").decode()


def rejected() -> SmartRejectedError:
    """Return the error for whatever does not hold; it does not say what."""
    return SmartRejectedError("this launch does not hold; open the view again from the program you came from")
