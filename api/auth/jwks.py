"""
Tokens of others (JWT), checked by the keys that their issuer publishes (JWKS).

What is trusted is said beforehand by the site, never by the token: the issuer, where its keys are, and by which
algorithms it signs. Of the token's header only ``alg``, ``kid`` and ``typ`` are looked at; ``jku``, ``jwk``, ``x5u``
and ``x5c`` are not, and a ``crit`` that asks for anything refuses the token (RFC 7515, 4.1.11).

    keys = FetchedKeys(outgoing, "https://ehr.example/jwks.json")      # one for each issuer, kept while we run
    claims = verified_claims(token, keys, issuer="https://ehr.example", audience=our_exact_address)

Whether a ``jti`` was used before is not asked here, see ``dose_services.used_once``.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import jwt

from api.auth.outgoing import Outgoing, PeerFailedError
from dose_core.errors import DoseError

# Asymmetric ones that SMART App Launch 2.2 and CDS Hooks 2.0 name, and the two that OpenID Connect providers use
# most; ``none`` and those with a shared secret are in no list (RFC 8725, 3.1 and 3.2).
ALGORITHMS = ("RS256", "RS384", "ES256", "ES384")
LEEWAY_S = 30  # two clocks of two houses, kept by NTP
_REQUIRED = ("exp", "iat", "iss", "aud", "sub")
_KEY_OF = {"RS256": ("RSA", None), "RS384": ("RSA", None), "ES256": ("EC", "P-256"), "ES384": ("EC", "P-384")}

_MAX_KEYS = 50  # ours: an issuer has some few, of which one signs
_REFRESH_S = 60.0  # asked at most this often, whatever key a token names
_FRESH_S = 600.0  # if the issuer does not say for how long
_LONGEST_S = 3600.0  # a key that the issuer took back ends here after an hour at the latest


class ForeignTokenRejectedError(DoseError):
    """The token of the other system is not valid here."""


class KeySource(Protocol):
    """Where the keys of one issuer are found."""

    def find(self, kid: str | None) -> Mapping[str, Any] | None:
        """Return the key (JWK) of this id; without an id the only key there is."""
        ...


class FixedKeys:
    """Keys that the site has written down, as JWKS: ``{"keys": [...]}``."""

    def __init__(self, jwks: Mapping[str, Any]) -> None:
        self._keys = _signing_keys(jwks)

    def find(self, kid: str | None) -> Mapping[str, Any] | None:
        """Return the key of this id; without an id the only key there is."""
        return _chosen(self._keys, kid)


class FetchedKeys:
    """
    Keys that an issuer publishes at one address, fetched when they are wanted and kept.

    They are kept as long as the issuer says, at most an hour. A key that is not among them is looked for again at
    most once a minute, so that nobody can have us ask the issuer by naming keys. While the issuer does not answer,
    keys of the last hour serve. ``clock`` gives seconds, for tests.
    """

    def __init__(self, outgoing: Outgoing, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._outgoing = outgoing
        self._url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._kept = _Kept(keys=(), fetched_at=None, fresh_s=0.0)
        self._asked_at: float | None = None

    def find(self, kid: str | None) -> Mapping[str, Any] | None:
        """
        Return the key of this id; without an id the only key there is.

        Raises:
            PeerFailedError: there are no keys of the last hour, and the issuer gives none.
            AddressRefusedError: the issuer's keys are at an address that this site does not ask.
        """
        kept = self._kept
        key = _chosen(kept.keys, kid)
        if key is not None and kept.age(self._clock()) < kept.fresh_s:
            return key
        with self._lock:  # one asks, the others wait for what it learns
            if self._kept is kept and self._may_ask():
                self._fetch()
            now = self._clock()
            if self._kept.age(now) > _LONGEST_S:
                raise PeerFailedError("the keys of the issuer cannot be had now")
            return _chosen(self._kept.keys, kid)

    def _may_ask(self) -> bool:
        return self._asked_at is None or self._clock() - self._asked_at >= _REFRESH_S

    def _fetch(self) -> None:
        self._asked_at = self._clock()
        try:
            answer = self._outgoing.ask("GET", self._url)
            if answer.status != 200:  # noqa: PLR2004 - OK
                return
            keys = _signing_keys(answer.json())
        except PeerFailedError:
            return  # those of the last hour serve; if there are none, the caller is told
        self._kept = _Kept(
            keys=keys, fetched_at=self._asked_at, fresh_s=_fresh_s(answer.headers.get("cache-control", ""))
        )


def verified_claims(
    token: str,
    keys: KeySource,
    *,
    issuer: str,
    audience: str,
    algorithms: Sequence[str] = ALGORITHMS,
    required: Sequence[str] = _REQUIRED,
    types: Sequence[str] | None = None,
    longest_s: int | None = None,
) -> dict[str, Any]:
    """
    Return the claims of a token whose signature, issuer, audience and times hold.

    Args:
        token: as it came.
        keys: of this issuer.
        issuer: what ``iss`` must be, to the letter.
        audience: what ``aud`` must be, to the letter; a list that has it among others is refused.
        algorithms: by which this issuer signs; a part of ``ALGORITHMS``.
        required: claims that must be there.
        types: what ``typ`` of the header may be, in small letters; ``None`` does not look at it.
        longest_s: how many seconds ahead ``exp`` may be at most.

    Raises:
        ForeignTokenRejectedError: any check failed; the text does not say which.
        PeerFailedError: the issuer's keys cannot be had now.
        AddressRefusedError: the issuer's keys are at an address that this site does not ask.
    """
    try:
        header = jwt.get_unverified_header(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in algorithms or algorithm not in ALGORITHMS or "crit" in header:
            raise _rejected()
        if types is not None and str(header.get("typ", "")).lower() not in types:
            raise _rejected()
        if kid is not None and not isinstance(kid, str):
            raise _rejected()
        key = keys.find(kid)
        if key is None or not _fits(key, algorithm):
            raise _rejected()
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(dict(key), algorithm).key,
            algorithms=[algorithm],
            issuer=issuer,
            leeway=LEEWAY_S,
            options={
                "require": list(required),
                "verify_aud": False,  # its own check takes a list that has us among others
                "enforce_minimum_key_length": True,  # RFC 7518, 3.3: RSA of 2048 bits or more
            },
        )
        if claims.get("aud") not in (audience, [audience]):
            raise _rejected()
        if longest_s is not None and claims["exp"] > time.time() + longest_s + LEEWAY_S:
            raise _rejected()
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise _rejected() from error
    return claims


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    keys: tuple[Mapping[str, Any], ...]
    fetched_at: float | None
    fresh_s: float

    def age(self, now: float) -> float:
        return float("inf") if self.fetched_at is None else now - self.fetched_at


def _rejected() -> ForeignTokenRejectedError:
    return ForeignTokenRejectedError("the token is not valid here")


def _signing_keys(jwks: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the public keys for signatures; anything else in the document is passed over (RFC 7517, 5)."""
    keys = jwks.get("keys")
    if not isinstance(keys, list):
        raise PeerFailedError("the document of keys has no keys")
    public = [key for key in keys[:_MAX_KEYS] if isinstance(key, dict) and key.get("kty") in {"RSA", "EC"}]
    return tuple(key for key in public if key.get("use", "sig") == "sig")


def _chosen(keys: Sequence[Mapping[str, Any]], kid: str | None) -> Mapping[str, Any] | None:
    found = [key for key in keys if kid is None or key.get("kid") == kid]
    return found[0] if len(found) == 1 else None  # two of one name are nobody's


def _fits(key: Mapping[str, Any], algorithm: str) -> bool:
    """Tell whether a key is of the kind that the algorithm signs with, and is not meant for another (RFC 8725, 3.1)."""
    kind, curve = _KEY_OF[algorithm]
    return key.get("kty") == kind and key.get("crv") == curve and key.get("alg", algorithm) == algorithm


def _fresh_s(cache_control: str) -> float:
    """Return for how many seconds an answer is fresh (RFC 9111, 5.2.2), between a minute and an hour."""
    stated = [part.strip().partition("=")[2] for part in cache_control.lower().split(",") if "max-age=" in part]
    wanted = float(stated[0].strip('"')) if stated and stated[0].strip('"').isdecimal() else _FRESH_S
    return min(max(wanted, _REFRESH_S), _LONGEST_S)
