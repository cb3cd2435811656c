"""The programs that may open views without asking for a handle first, as the site names them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from api.auth.outgoing import OutgoingRules

HMAC_SHA256 = "HMAC-SHA-256"
# Who the person is, the patient in context, and which study is meant; scopes of SMART App Launch 2.
DEFAULT_SCOPE = "launch openid fhirUser patient/Patient.rs patient/ImagingStudy.rs"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningClient:
    """
    A program that signs addresses.

    With ``algorithm`` RS256 or ES256 it signs tokens, checked by its public ``key`` (JWK); with HMAC-SHA-256 it signs
    queries by a shared ``secret``. ``authority`` assigned its patient identifiers unless it names another; ``None`` is
    the site's default. Its users are known here by their names in the system ``people``.
    """

    name: str
    algorithm: str
    people: str
    authority: str | None = None
    key: Mapping[str, Any] | None = None
    secret: bytes | None = field(default=None, repr=False)


class Authentication(StrEnum):
    """How we show an authorisation server who we are (SMART App Launch 2.2, Client Authentication)."""

    PUBLIC = "public"
    BASIC = "client_secret_basic"
    PRIVATE_KEY = "private_key_jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartIssuer:
    """
    An EHR from which SMART launches come.

    ``iss`` is its FHIR base address without a closing slash, ``authorities`` the authority of ours for each system of
    patient identifiers there. ``scope`` is what we ask for, ``person_claim`` of the id_token names the person.
    ``private_key`` is PEM and signs by ``algorithm`` (RS384 or ES384) under ``key_id``.
    """

    iss: str
    client_id: str
    authentication: Authentication
    authorities: Mapping[str, str]
    scope: str = DEFAULT_SCOPE
    person_claim: str = "fhirUser"
    secret: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    algorithm: str = "RS384"
    key_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPeers:
    """All of them; ``outgoing`` says what of the EHRs may be asked."""

    clients: Mapping[str, SigningClient] = field(default_factory=lambda: MappingProxyType({}))
    issuers: Mapping[str, SmartIssuer] = field(default_factory=lambda: MappingProxyType({}))
    outgoing: OutgoingRules = field(default_factory=OutgoingRules)


NO_PEERS = LaunchPeers()
