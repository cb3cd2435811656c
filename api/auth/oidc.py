"""
Single sign-on by OpenID Connect: authorization code with PKCE (S256).

What belongs to one attempt (state, nonce, verifier) is derived from one secret in a cookie of the browser that began
it, so an answer that another browser was given opens nothing here; and it opens something once.

Source: OpenID Connect Core 1.0, 3.1; OpenID Connect Discovery 1.0, 4; RFC 7636; RFC 9207; RFC 9700, 2.1.
"""

import base64
import hmac
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from api.auth.jwks import FetchedKeys, ForeignTokenRejectedError, verified_claims
from api.auth.outgoing import Outgoing, OutgoingRules, PeerFailedError
from dose_services.directory_users import Duty

_OK = 200
_REQUIRED = ("exp", "iat", "iss", "aud", "sub", "nonce")
_KNOWN_FOR_S = 3600.0  # ours: what a provider says of itself seldom changes
_FAILED_FOR_S = 10.0  # ours: nobody waits for one that did not answer a moment ago


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """
    The provider of identities.

    ``issuer`` to the letter; ``label`` names it on the page. The person is called here as ``login_claim`` says, and has
    the ``duties`` of each group in ``groups_claim``. ``outgoing`` holds the origins of the issuer's addresses.
    """

    issuer: str
    label: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ("openid", "profile")
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    login_claim: str = "preferred_username"
    groups_claim: str = "groups"
    duties: Mapping[str, Sequence[Duty]]
    outgoing: OutgoingRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Whom the provider vouches for: ``subject`` is what it calls them for ever."""

    subject: str
    login: str
    duties: frozenset[Duty]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in, by the secret that its browser keeps."""

    secret: str

    @classmethod
    def begin(cls) -> "Attempt":
        """Return a new one."""
        return cls(secrets.token_urlsafe(32))

    @property
    def state(self) -> str:
        """What the answer must carry."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """What the id_token must carry."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """What only who began it can show (RFC 7636, 4.1: 43 characters)."""
        return self._derived("verifier")

    def is_answered_by(self, state: str) -> bool:
        """Tell whether an answer belongs to this attempt."""
        return hmac.compare_digest(self.state.encode(), state.encode())

    def _derived(self, what: str) -> str:
        return _unpadded(hmac.new(self.secret.encode(), what.encode(), sha256).digest())


class OidcProvider:
    """Talks with the provider; one for each process."""

    def __init__(self, settings: OidcSettings, *, outgoing: Outgoing | None = None) -> None:
        self.settings = settings
        self._outgoing = outgoing or Outgoing(settings.outgoing)
        self._lock = threading.Lock()
        self._known: tuple[float, dict[str, Any], FetchedKeys] | None = None
        self._failed_at: float | None = None

    @property
    def system(self) -> str:
        """The name under which people of this provider are known."""
        return f"oidc {self.settings.issuer}"

    def address(self, attempt: Attempt, redirect_uri: str) -> str:
        """
        Return where a browser goes to sign in.

        Raises:
            PeerFailedError: the provider does not say.
        """
        about, _ = self._about()
        challenge = _unpadded(sha256(attempt.verifier.encode()).digest())
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.settings.scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{_endpoint(about, 'authorization_endpoint')}?{urlencode(asked)}"

    def vouched(self, attempt: Attempt, code: str, redirect_uri: str, *, issuer: str | None) -> Vouched:
        """
        Return whom the provider vouches for, by the code that it gave the browser.

        Args:
            attempt: that of this browser, of which the state was found in the answer.
            code: from the answer.
            redirect_uri: as it was asked with.
            issuer: ``iss`` of the answer, if there is one (RFC 9207).

        Raises:
            ForeignTokenRejectedError: the provider refused the code, or what it says does not hold.
            PeerFailedError: it does not answer.
        """
        about, keys = self._about()
        needs_issuer = about.get("authorization_response_iss_parameter_supported") is True
        if issuer != self.settings.issuer if issuer is not None else needs_issuer:
            raise ForeignTokenRejectedError("the answer is another provider's")
        given = self._exchanged(_endpoint(about, "token_endpoint"), attempt, code, redirect_uri)
        claims = verified_claims(
            str(given.get("id_token", "")),
            keys,
            issuer=self.settings.issuer,
            audience=self.settings.client_id,
            algorithms=self.settings.algorithms,
            required=_REQUIRED,
        )
        is_ours = claims.get("azp", self.settings.client_id) == self.settings.client_id
        if not is_ours or not hmac.compare_digest(str(claims["nonce"]).encode(), attempt.nonce.encode()):
            raise ForeignTokenRejectedError("the id_token is not of this attempt")
        told = {**self._more(about, given, claims), **claims}
        return self._person(told)

    def _about(self) -> tuple[dict[str, Any], FetchedKeys]:
        with self._lock:
            known, failed_at = self._known, self._failed_at
        if known is not None and time.monotonic() - known[0] <= _KNOWN_FOR_S:
            return known[1], known[2]
        if failed_at is not None and time.monotonic() - failed_at < _FAILED_FOR_S:
            raise PeerFailedError("the provider did not answer a moment ago; try again later")
        # Asked without the lock, so that whoever comes meanwhile does not wait for all who came before.
        try:
            about, keys = self._asked()
        except PeerFailedError:
            with self._lock:
                self._failed_at = time.monotonic()
            raise
        with self._lock:
            self._known = (time.monotonic(), about, keys)
        return about, keys

    def _asked(self) -> tuple[dict[str, Any], FetchedKeys]:
        answer = self._outgoing.ask("GET", f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        about = answer.json() if answer.status == _OK else {}
        if about.get("issuer") != self.settings.issuer:
            raise PeerFailedError("the provider does not say who it is, or says that it is another")
        return about, FetchedKeys(self._outgoing, _endpoint(about, "jwks_uri"))

    def _exchanged(self, url: str, attempt: Attempt, code: str, redirect_uri: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": attempt.verifier,
        }
        # RFC 6749, 2.3.1: both are form-encoded before they are joined.
        shown = f"{quote(self.settings.client_id, safe='')}:{quote(self.settings.client_secret, safe='')}"
        headers = {
            "Authorization": f"Basic {base64.b64encode(shown.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = self._outgoing.ask("POST", url, headers=headers, body=urlencode(form).encode())
        if answer.status != _OK:
            raise ForeignTokenRejectedError("the provider refused the code")
        return answer.json()

    def _more(self, about: Mapping[str, Any], given: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
        """
        Return what the provider tells by its other door, if the id_token does not hold what is needed.

        Raises:
            PeerFailedError: it does not tell, so that nobody knows the groups; to have none would end duties.
        """
        needed = {self.settings.login_claim, self.settings.groups_claim}
        if needed <= claims.keys() or "userinfo_endpoint" not in about:
            return {}
        headers = {"Authorization": f"Bearer {given.get('access_token', '')}"}
        answer = self._outgoing.ask("GET", _endpoint(about, "userinfo_endpoint"), headers=headers)
        told = answer.json() if answer.status == _OK else {}
        if told.get("sub") == claims["sub"]:
            return told
        if self.settings.groups_claim not in claims:
            raise PeerFailedError("the provider does not tell the groups of a person now; try again later")
        return {}  # Core, 5.3.2: what is said of another must not be used

    def _person(self, told: Mapping[str, Any]) -> Vouched:
        login, groups = told.get(self.settings.login_claim), told.get(self.settings.groups_claim, [])
        if not isinstance(login, str) or not isinstance(groups, list):
            raise ForeignTokenRejectedError("the provider does not say what is asked of a person")
        duties = frozenset(
            duty for group in groups if isinstance(group, str) for duty in self.settings.duties.get(group, ())
        )
        return Vouched(subject=str(told["sub"]), login=login.casefold(), duties=duties)


def _endpoint(about: Mapping[str, Any], name: str) -> str:
    url = about.get(name)
    if not isinstance(url, str):
        raise PeerFailedError("the provider does not say where it is asked")
    return url


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
