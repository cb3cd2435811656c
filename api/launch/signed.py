"""
Addresses that a program signed: by a token (JWT), or by HMAC-SHA-256 over the query.

For programs that can sign an address but cannot ask for a handle. The signature covers the door, whom and what opens,
for whom, and when; each address opens once. See docs/how-to/launch.md.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote

import jwt

from api.auth.jwks import ForeignTokenRejectedError, verified_claims
from api.launch.peers import HMAC_SHA256, LaunchPeers, SigningClient
from dose_core.errors import DoseError

LONGEST = timedelta(seconds=120)  # of validity
_AHEAD = timedelta(seconds=30)  # by which the clock of the program may be ahead of ours
_MAX_FIELDS = 40
_NONCE = re.compile(r"[A-Za-z0-9._~-]{16,128}")
_SIGNATURE = "signature"

Pairs = Sequence[tuple[str, str]]


class LinkRejectedError(DoseError):
    """The address was not signed as it has to be, was used before, or has expired; open the view again."""


class LinkNotUnderstoodError(DoseError):
    """A part of the address is missing or has another form than the manual says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who signed, for which person, and what makes it usable once, which is refused anyway after ``until``."""

    client: SigningClient
    person: str
    once: str
    until: datetime
    claims: Mapping[str, Any]  # of a token; empty for HMAC, where the query says it all


def pairs_of(query: str) -> list[tuple[str, str]]:
    """
    Return names and values of a query, decoded.

    Raises:
        LinkNotUnderstoodError: it is no query, or names something twice, so that two readers could see two things.
    """
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_MAX_FIELDS
        )
    except (ValueError, UnicodeDecodeError):
        raise LinkNotUnderstoodError("this address has no parts that could be read") from None
    names = [name.lower() for name, _ in pairs]
    if len(set(names)) < len(names):
        raise LinkNotUnderstoodError("a part of this address is there twice")
    return pairs


def canonical(pairs: Pairs) -> str:
    """Return a query in its one spelling: sorted by name, percent-encoded as RFC 3986, 2.3 leaves nothing to choose."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(pairs))


def signature_of(pairs: Pairs, door: str, secret: bytes) -> str:
    """Return the HMAC-SHA-256 of the door and its query without the signature, hexadecimal."""
    signed = canonical([pair for pair in pairs if pair[0] != _SIGNATURE])
    return hmac.new(secret, f"GET\n{door}\n{signed}".encode(), sha256).hexdigest()


def by_signature(pairs: Pairs, peers: LaunchPeers, door: str, *, now: datetime) -> Proof:
    """
    Return who signed this query.

    Raises:
        LinkRejectedError: nobody did, not for this door, or too long ago; the text does not say which.
    """
    said = dict(pairs)
    client = peers.clients.get(said.get("client", ""))
    nonce, person = said.get("nonce", ""), said.get("person", "")
    # Without a client a secret of nobody is compared with, so that an unknown name takes as long as a known one.
    secret = client.secret if client and client.algorithm == HMAC_SHA256 and client.secret else b""
    is_signed = hmac.compare_digest(
        signature_of(pairs, door, secret).encode(), said.get(_SIGNATURE, "").lower().encode()
    )
    signed_at = _instant(said.get("timestamp", ""))
    if not (client and secret and is_signed and person and signed_at and _NONCE.fullmatch(nonce)):
        raise _rejected()
    if not now - LONGEST <= signed_at <= now + _AHEAD:
        raise _rejected()
    return Proof(client=client, person=person, once=nonce, until=signed_at + LONGEST, claims={})


def by_token(token: str, peers: LaunchPeers, door: str) -> Proof:
    """
    Return who signed this token for this door.

    Raises:
        LinkRejectedError: nobody did, for another door, or it is too old or too long; the text does not say which.
    """
    try:
        named = jwt.decode(token, options={"verify_signature": False}).get("iss")
        client = peers.clients.get(named) if isinstance(named, str) else None
        if client is None or client.key is None:
            raise _rejected()
        claims = verified_claims(
            token,
            _OneKey(client.key),
            issuer=client.name,
            audience=door,
            algorithms=(client.algorithm,),
            required=("exp", "iat", "iss", "aud", "sub", "jti"),
            types=("jwt", "launch+jwt"),
            longest_s=int(LONGEST.total_seconds()),
        )
    except (jwt.PyJWTError, ForeignTokenRejectedError, ValueError):
        raise _rejected() from None
    once, person = claims["jti"], claims["sub"]
    if not (isinstance(once, str) and once and isinstance(person, str) and person):
        raise _rejected()
    if claims["exp"] - claims["iat"] > LONGEST.total_seconds():
        raise _rejected()
    # What is checked with leeway is refused after it only.
    until = datetime.fromtimestamp(claims["exp"], UTC) + _AHEAD
    return Proof(client=client, person=person, once=once, until=until, claims=claims)


class _OneKey:
    """The one key of a program, whatever its tokens call it."""

    def __init__(self, key: Mapping[str, Any]) -> None:
        self._key = key

    def find(self, kid: str | None) -> Mapping[str, Any] | None:
        del kid
        return self._key


def _instant(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if re.fullmatch(r"[0-9]{9,11}", text) else None


def _rejected() -> LinkRejectedError:
    return LinkRejectedError("this link does not hold, was used before or has expired; open the view again")
