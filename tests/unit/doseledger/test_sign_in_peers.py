"""Tests of doseledger.sign_in_peers: the file that names who vouches for people."""

import re
from pathlib import Path

import pytest

from doseledger.sign_in_peers import SignInPeers, UnusableSignInPeersError, read_sign_in_peers

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "sign-in.md"


def example() -> str:
    text = HOW_TO.read_text(encoding="utf-8")
    parts = re.findall(r"```toml\n(\[(?:ldap|oidc)\].*?)```", text, re.DOTALL)
    assert len(parts) == 2
    return "\n".join(parts)


def written(folder: Path, text: str) -> Path:
    (folder / "ldap.password").write_text("invented\n")
    (folder / "oidc.secret").write_text("invented\n")
    file = folder / "sign_in.toml"
    file.write_text(text)
    return file


def test_reads_the_example_of_the_guide(tmp_path: Path) -> None:
    peers = read_sign_in_peers(written(tmp_path, example()))

    assert len(peers.directories) == 1
    assert peers.oidc is not None
    assert peers.oidc.system == "oidc https://login.hospital.example/realms/hospital"


def test_names_nobody_without_a_file(tmp_path: Path) -> None:
    assert read_sign_in_peers(None) == SignInPeers()
    assert read_sign_in_peers(written(tmp_path, "")) == SignInPeers(directories=[])


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("ldaps://", "https://", "ldap.urls"),
        ('"radiologist"', '"king"', "not a valid Role"),
        ('"radiologist"', '"integrator"', "for programs"),
        ("ldap.password", "missing.password", "missing.password"),
        ("[ldap]", "[ldap]\nsurprise = 1", "ldap.surprise"),
        ("[ldap]", "[ldap", "sign_in.toml"),
        ("https://login", "ftp://login", "oidc.issuer"),
        ("https://login", "https://a@login", "no plain address"),
        ("10.1.0.0/16", "10.1.0.1/16", "host bits"),
        ("oidc.secret", "missing.secret", "missing.secret"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, before: str, after: str, told: str) -> None:
    with pytest.raises(UnusableSignInPeersError, match=re.escape(told)):
        read_sign_in_peers(written(tmp_path, example().replace(before, after, 1)))
