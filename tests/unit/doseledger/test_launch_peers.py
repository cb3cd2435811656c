"""Tests of doseledger.launch_peers: who may open views, as a file says it."""

import re
from pathlib import Path

import pytest

from doseledger.launch_peers import UnusableLaunchPeersError, read_launch_peers
from tests.support.pages import DOCS
from tests.support.signing import ec_key, rsa_key

SECRET = "an invented secret, 32 bytes or more"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the key files that the manual names."""
    (tmp_path / "kis-public.pem").write_bytes(ec_key("any", "ES256").public_pem)
    (tmp_path / "old-kis.secret").write_text(SECRET + "\n", encoding="utf-8")
    (tmp_path / "doseledger-ehr.pem").write_bytes(ec_key("any", "ES384").private_pem)
    (tmp_path / "rsa.pem").write_bytes(rsa_key("any").public_pem)
    return tmp_path


def read(folder: Path, text: str) -> object:
    file = folder / "launch.toml"
    file.write_text(text, encoding="utf-8")
    return read_launch_peers(file)


def test_no_file_opens_no_door() -> None:
    peers = read_launch_peers(None)

    assert (dict(peers.clients), dict(peers.issuers), peers.outgoing.origins) == ({}, {}, frozenset())


def test_the_manuals_file_is_read(folder: Path) -> None:
    manual = (DOCS / "how-to" / "launch.md").read_text(encoding="utf-8")
    file = folder / "launch.toml"
    file.write_text("\n".join(re.findall(r"^```toml\n(.*?)^```$", manual, re.MULTILINE | re.DOTALL)), encoding="utf-8")

    peers = read_launch_peers(file)

    kis, old = peers.clients["kis"], peers.clients["old-kis"]
    assert (kis.algorithm, kis.people, kis.authority, kis.secret) == ("ES256", "kis", "DEMO", None)
    assert (old.algorithm, old.people, old.authority, old.key) == ("HMAC-SHA-256", "kis", None, None)
    assert old.secret == SECRET.encode()
    assert SECRET not in repr(peers)
    ehr = peers.issuers["https://ehr.example/fhir"]
    assert (ehr.authentication, ehr.algorithm, dict(ehr.authorities)) == (
        "private_key_jwt",
        "ES384",
        {"urn:oid:2.999.1": "DEMO"},
    )
    assert peers.outgoing.origins == {"https://ehr.example", "https://login.ehr.example"}
    assert "PRIVATE KEY" not in repr(peers)


@pytest.mark.parametrize(
    "text",
    [
        '[client.a]\nalgorithm = "HS256"\nkey_file = "old-kis.secret"',
        '[client.a]\nalgorithm = "ES256"\nkey_file = "rsa.pem"',
        '[client.a]\nalgorithm = "ES256"\nkey_file = "missing.pem"',
        '[client.a]\nalgorithm = "HMAC-SHA-256"\nkey_file = "short"',
        '[client.a]\nalgorithm = "ES256"',
        '[client.a]\nalgorithm = "ES256"\nkey_file = "kis-public.pem"\nunknown = 1',
        "[client.a",
        '[smart."https://ehr.example/fhir/"]\nclient_id = "a"\nauthorities = { "urn:oid:2.999.1" = "DEMO" }',
        '[smart."https://ehr.example/fhir"]\nclient_id = "a"\nauthorities = {}',
        (
            '[smart."https://ehr.example/fhir"]\nclient_id = "a"\nauthentication = "private_key_jwt"\n'
            'authorities = { "urn:oid:2.999.1" = "DEMO" }'
        ),
    ],
)
def test_what_does_not_hold_is_refused_without_telling_a_secret(folder: Path, text: str) -> None:
    (folder / "short").write_text("short-secret", encoding="utf-8")

    with pytest.raises(UnusableLaunchPeersError) as told:
        read(folder, text)

    assert "short-secret" not in str(told.value)
