"""Tests of api.auth.origin: whose word of an address is believed."""

from ipaddress import ip_network

import pytest
from starlette.requests import Request

from api.auth.origin import client_address
from api.settings import ApiSettings
from dose_services.tokens import TokenSettings

SETTINGS = ApiSettings(
    tokens=TokenSettings(secret=b"a secret that is long enough for a test", issuer="d", audience="d"),
    public_url="https://dose.example",
    trusted_proxies=(ip_network("10.0.0.0/24"),),
)


def request(peer: str, *forwarded_for: str) -> Request:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded_for]
    return Request({"type": "http", "client": (peer, 40_000), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("192.0.2.7", ["203.0.113.9"], "192.0.2.7"),  # no proxy of ours says it
        ("10.0.0.5", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.5", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),  # the caller said the first
        ("10.0.0.5", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),  # in a line of its own
        ("10.0.0.5", ["198.51.100.1", "203.0.113.9, 10.0.0.6"], "203.0.113.9"),  # by two proxies
        ("10.0.0.5", [], "10.0.0.5"),
    ],
)
def test_an_address_is_the_last_that_a_trusted_proxy_saw(peer: str, forwarded_for: list[str], address: str) -> None:
    assert client_address(request(peer, *forwarded_for), SETTINGS) == address
