"""The file that names programs which sign addresses of views, and EHRs from which SMART launches come."""

import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dose_core.errors import DoseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.launch.peers import LaunchPeers, SigningClient, SmartIssuer

_MIN_SECRET_BYTES = 32  # as long as what SHA-256 gives (RFC 2104, 3)
_Word = Annotated[str, Field(min_length=1, max_length=200)]


class UnusableLaunchPeersError(DoseError):
    """The file of launch peers does not hold; the text says what is wrong."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Client(_Part):
    algorithm: Literal["RS256", "ES256", "HMAC-SHA-256"]
    key_file: Path
    authority: _Word | None = None
    people: _Word | None = None


class _Smart(_Part):
    client_id: _Word
    authentication: Literal["public", "client_secret_basic", "private_key_jwt"] = "public"
    secret_file: Path | None = None
    key_file: Path | None = None
    key_id: _Word | None = None
    algorithm: Literal["RS384", "ES384"] = "RS384"
    scope: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    person_claim: _Word = "fhirUser"
    origins: tuple[str, ...] = ()
    authorities: dict[str, str] = Field(min_length=1)


class _Outgoing(_Part):
    networks: tuple[str, ...] = ()
    allow_http: bool = False
    authorities_file: Path | None = None


class _File(_Part):
    client: dict[str, _Client] = {}
    smart: dict[str, _Smart] = {}
    outgoing: _Outgoing = _Outgoing()


def read_launch_peers(path: Path | None) -> "LaunchPeers":
    """
    Return the peers that a file names; none without a file. Files in it are named from where it stands.

    Raises:
        UnusableLaunchPeersError: it cannot be read, or something in it is wrong; the text names the place.
    """
    from api.auth.outgoing import AddressRefusedError, OutgoingRules, origin_of
    from api.launch.peers import NO_PEERS, LaunchPeers

    if path is None:
        return NO_PEERS
    try:
        told = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        origins = {iss: (iss, *one.origins) for iss, one in told.smart.items()}
        rules = OutgoingRules(
            origins=frozenset(origin_of(url) for urls in origins.values() for url in urls),
            networks=tuple(map(ip_network, told.outgoing.networks)),
            allows_http=told.outgoing.allow_http,
            authorities=str(path.parent / told.outgoing.authorities_file) if told.outgoing.authorities_file else None,
        )
        return LaunchPeers(
            clients={name: _client(name, one, path.parent) for name, one in told.client.items()},
            issuers={iss: _issuer(iss, one, path.parent) for iss, one in told.smart.items()},
            outgoing=rules,
        )
    except ValidationError as error:
        places = sorted({".".join(map(str, one["loc"])) + f" ({one['type']})" for one in error.errors()})
        msg = f"{path}: {', '.join(places)}"
        raise UnusableLaunchPeersError(msg) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError, AddressRefusedError) as error:
        msg = f"{path}: {error}"
        raise UnusableLaunchPeersError(msg) from None


def _client(name: str, told: _Client, folder: Path) -> "SigningClient":
    from api.launch.peers import HMAC_SHA256, SigningClient

    content = (folder / told.key_file).read_bytes()
    is_shared = told.algorithm == HMAC_SHA256
    secret = content.strip() if is_shared else None
    if secret is not None and len(secret) < _MIN_SECRET_BYTES:
        msg = f"the secret of {name} has fewer than {_MIN_SECRET_BYTES} bytes"
        raise UnusableLaunchPeersError(msg)
    return SigningClient(
        name=name,
        algorithm=told.algorithm,
        people=told.people or name,
        authority=told.authority,
        key=None if is_shared else _public_jwk(name, content, told.algorithm),
        secret=secret,
    )


def _public_jwk(name: str, pem: bytes, algorithm: str) -> "Mapping[str, Any]":
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from jwt.algorithms import ECAlgorithm, RSAAlgorithm

    key = load_pem_public_key(pem)
    if algorithm == "RS256" and isinstance(key, RSAPublicKey):
        return RSAAlgorithm.to_jwk(key, as_dict=True)
    if algorithm == "ES256" and isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return ECAlgorithm.to_jwk(key, as_dict=True)
    msg = f"the key of {name} is none for {algorithm}"
    raise UnusableLaunchPeersError(msg)


def _issuer(iss: str, told: _Smart, folder: Path) -> "SmartIssuer":
    from api.launch.peers import DEFAULT_SCOPE, Authentication, SmartIssuer

    way = Authentication(told.authentication)
    if not urlsplit(iss).netloc or iss.endswith("/"):
        msg = f"{iss} is no FHIR base address; write it like https://ehr.example/fhir, without a slash at the end"
        raise UnusableLaunchPeersError(msg)
    needed = {Authentication.BASIC: told.secret_file, Authentication.PRIVATE_KEY: told.key_file}.get(
        way, told.client_id
    )
    if needed is None:
        msg = f"{iss} is asked with {way}, which needs a secret_file or a key_file"
        raise UnusableLaunchPeersError(msg)
    return SmartIssuer(
        iss=iss,
        client_id=told.client_id,
        authentication=way,
        authorities=told.authorities,
        scope=told.scope or DEFAULT_SCOPE,
        person_claim=told.person_claim,
        secret=(folder / told.secret_file).read_text(encoding="utf-8").strip() if told.secret_file else None,
        private_key=(folder / told.key_file).read_text(encoding="utf-8") if told.key_file else None,
        algorithm=told.algorithm,
        key_id=told.key_id,
    )
