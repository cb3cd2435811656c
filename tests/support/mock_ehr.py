"""
An invented EHR on loopback: its page, its FHIR server and its authorisation server (SMART App Launch 2.2).

It checks what a server of that kind has to check, so that a launch that it lets through is a launch; what it says can
be bent by a test. Nobody is asked to sign in: whoever comes is the person of its page.
"""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

from api.auth.outgoing import OutgoingRules
from api.launch.peers import Authentication, LaunchPeers, SmartIssuer
from tests.support.signing import SigningKey, rsa_key

CLIENT_ID = "doseledger"
SECRET = "an invented client secret"
IDENTIFIERS = "urn:oid:2.999.1"  # 2.999 is the arc of examples (ITU-T X.660)
_KEY = rsa_key("ehr-1", "RS256")

Json = dict[str, Any]


@dataclass
class MockEhr:
    """What the EHR holds, what it was asked, and how its answers are bent."""

    origin: str
    key: SigningKey = field(default_factory=lambda: _KEY)
    app: str = ""  # the address of what its page launches
    user: str = "Practitioner/ada"
    patient: str = "p-1"
    patients: dict[str, Json] = field(default_factory=dict)
    studies: dict[str, Json] = field(default_factory=dict)
    context: Json = field(default_factory=dict)  # what stands beside the tokens
    id_claims: Json = field(default_factory=dict)  # instead of the right ones
    configuration: Json = field(default_factory=dict)  # likewise
    client_key: bytes | None = None  # with it, the token endpoint asks for private_key_jwt
    client_secret: str | None = None  # with it, for client_secret_basic
    asked: list[str] = field(default_factory=list)
    sent: list[Json] = field(default_factory=list)  # to the authorisation endpoint
    codes: dict[str, Json] = field(default_factory=dict)
    access_tokens: list[str] = field(default_factory=list)
    page: str = ""  # instead of the page with the link

    @property
    def iss(self) -> str:
        """The FHIR base address."""
        return f"{self.origin}/fhir"

    def add_patient(self, patient: str, *identifiers: tuple[str, str]) -> None:
        """Add a patient with identifiers (system, value)."""
        told = [{"system": system, "value": value} for system, value in identifiers]
        name = [{"family": "Somebody", "given": ["Else"]}]  # no launch may go by it
        self.patients[patient] = {"resourceType": "Patient", "id": patient, "identifier": told, "name": name}

    def peers(self, *, authority: str = "DEMO", **changed: Any) -> LaunchPeers:  # noqa: ANN401 - fields of SmartIssuer
        """Return the settings of a service that knows this EHR."""
        values: Json = {
            "iss": self.iss,
            "client_id": CLIENT_ID,
            "authentication": Authentication.PUBLIC,
            "authorities": {IDENTIFIERS: authority},
            **changed,
        }
        rules = OutgoingRules(origins=frozenset({self.origin}), networks=(ip_network("127.0.0.0/8"),), allows_http=True)
        return LaunchPeers(issuers={self.iss: SmartIssuer(**values)}, outgoing=rules)

    def launch_address(self) -> str:
        """Return what the link of its page opens."""
        return f"{self.app}/launch/smart?{urlencode({'iss': self.iss, 'launch': 'launch-1'})}"

    def smart_configuration(self) -> Json:
        """Return what it says of itself."""
        return {
            "issuer": self.origin,
            "authorization_endpoint": f"{self.origin}/authorize",
            "token_endpoint": f"{self.origin}/token",
            "jwks_uri": f"{self.origin}/jwks",
            "code_challenge_methods_supported": ["S256"],
            "capabilities": ["launch-ehr", "client-public", "sso-openid-connect"],
            **self.configuration,
        }

    def authorize(self, asked: Json) -> str:
        """Return where the browser goes from the authorisation endpoint."""
        self.sent.append(asked)
        needed = {"response_type": "code", "aud": self.iss, "launch": "launch-1", "code_challenge_method": "S256"}
        assert needed.items() <= asked.items(), asked
        assert asked["redirect_uri"] == f"{self.app}/launch/smart/callback"
        code = f"code-{len(self.codes) + 1}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: Json, authorization: str | None) -> tuple[int, Json]:
        """Return status and answer of the token endpoint."""
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        is_right = (
            asked is not None
            and form.get("grant_type") == "authorization_code"
            and asked["redirect_uri"] == form.get("redirect_uri")
            and asked["code_challenge"].encode() == challenge
            and self._is_client(form, authorization)
        )
        if not is_right or asked is None:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.origin,
            "aud": asked["client_id"],
            "sub": "subject-1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            "fhirUser": f"{self.iss}/{self.user}",
            **self.id_claims,
        }
        self.access_tokens.append(f"access-{now}-{len(self.access_tokens)}")
        answer = {
            "access_token": self.access_tokens[-1],
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": asked["scope"],
            "patient": self.patient,
            "id_token": self.key.sign(claims),
        }
        return 200, {**answer, **self.context}

    def _is_client(self, form: Json, authorization: str | None) -> bool:
        if self.client_key is not None:
            assertion = jwt.decode(
                form["client_assertion"],
                self.client_key,
                algorithms=["RS384", "ES384"],
                audience=f"{self.origin}/token",
                options={"require": ["exp", "jti", "sub", "iss"]},
            )
            return bool(assertion["iss"] == assertion["sub"] == CLIENT_ID and assertion["exp"] - time.time() <= 300)
        if self.client_secret is not None:
            expected = base64.b64encode(f"{CLIENT_ID}:{self.client_secret.replace(' ', '%20')}".encode()).decode()
            return authorization == f"Basic {expected}" and "client_id" not in form
        return form.get("client_id") == CLIENT_ID

    def document(self, path: str, authorization: str | None) -> tuple[int, Json]:
        """Return status and JSON of an address, be it of the authorisation server or of the FHIR server."""
        if path == "/jwks":
            return 200, {"keys": [self.key.jwk]}
        if path == "/fhir/.well-known/smart-configuration":
            return 200, self.smart_configuration()
        if not path.startswith("/fhir/"):
            return 404, {}
        if authorization not in {f"Bearer {token}" for token in self.access_tokens}:
            return 401, {"resourceType": "OperationOutcome"}
        kind, _, key = path.removeprefix("/fhir/").partition("/")
        found = {"Patient": self.patients, "ImagingStudy": self.studies}.get(kind, {}).get(key)
        return (404, {"resourceType": "OperationOutcome"}) if found is None else (200, found)


def _handler(made: MockEhr) -> type[BaseHTTPRequestHandler]:
    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(urlsplit(self.path).path)
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            if path == "/":
                link = made.page or f'<a href="{made.launch_address().replace("&", "&amp;")}">Open doses</a>'
                self._answer(200, link.encode(), "text/html")
            elif path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(query).items()}
                self.send_response(302)
                self.send_header("Location", made.authorize(asked))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._json(*made.document(path, self.headers.get("Authorization")))

        def do_POST(self) -> None:
            made.asked.append(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._json(*made.token(form, self.headers.get("Authorization")))

        def _json(self, status: int, body: Json) -> None:
            self._answer(status, json.dumps(body).encode(), "application/json")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return _Handler


@contextmanager
def mock_ehr() -> Iterator[MockEhr]:
    """Yield an EHR that listens on loopback."""
    made = MockEhr(origin="")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
