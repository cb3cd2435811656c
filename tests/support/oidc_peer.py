"""A real identity provider: npm's oidc-provider as a process, and a browser of few words that signs in at it."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from urllib.parse import urljoin

import httpx2

from api.auth.oidc import OidcProvider, OidcSettings
from api.auth.outgoing import OutgoingRules
from dose_services.directory_users import Duty
from dose_services.roles import Role
from tests.support.peers import ROOT
from tests.support.postgres import free_port

_NODE = ROOT / ".venv" / "bin" / "node"


@contextmanager
def running_provider(redirect_uri: str) -> Iterator[str]:
    """Start a provider and yield its issuer."""
    port = free_port()
    program = [str(_NODE), str(ROOT / "tests" / "peers" / "node" / "oidc.mjs"), str(port), redirect_uri]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "listening\n"
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # node of the packages is started by a program of its own


def provider_of(issuer: str, **changed: object) -> OidcProvider:
    """Return how the provider is asked."""
    rules = OutgoingRules(origins=frozenset({issuer}), networks=(ip_network("127.0.0.0/8"),), allows_http=True)
    values: dict[str, object] = {
        "issuer": issuer,
        "label": "the hospital",
        "client_id": "doseledger",
        "client_secret": "an invented secret of the client",
        "duties": {
            "dose-readers": (Duty(role=Role.RADIOLOGIST),),
            "dose-physicists": (Duty(role=Role.MPE), Duty(role=Role.RPO)),
        },
        "outgoing": rules,
        **changed,
    }
    return OidcProvider(OidcSettings(**values))  # type: ignore[arg-type]  # named by the test


def answer_for(address: str, *, login: str, redirect_uri: str) -> str:
    """Sign in at the provider's own pages as this person, and return the address to which it leads back."""
    with httpx2.Client() as browser:
        answer = browser.get(address)
        for _ in range(10):
            where = answer.headers.get("location")
            if where is not None:
                where = urljoin(str(answer.request.url), where)
                if where.startswith(redirect_uri):
                    return where
                answer = browser.get(where)
                continue
            found = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            assert found is not None, answer.text
            prompt = "login" if 'name="login"' in answer.text else "consent"
            form = {"prompt": prompt} | ({"login": login, "password": "x"} if prompt == "login" else {})
            answer = browser.post(urljoin(str(answer.request.url), found[1]), data=form)
        raise AssertionError(answer.text)
