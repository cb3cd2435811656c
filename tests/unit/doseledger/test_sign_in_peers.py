"""Tests of doseledger.sign_in_peers: the file that names a directory."""

import re
from pathlib import Path

import pytest

from doseledger.sign_in_peers import UnusableSignInPeersError, read_sign_in_peers

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "sign-in.md"


def example() -> str:
    found = re.search(r"```toml\n(\[ldap\].*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def written(folder: Path, text: str) -> Path:
    (folder / "ldap.password").write_text("invented\n")
    file = folder / "sign_in.toml"
    file.write_text(text)
    return file


def test_reads_the_example_of_the_guide(tmp_path: Path) -> None:
    assert len(read_sign_in_peers(written(tmp_path, example()))) == 1


def test_names_no_directory_without_a_file(tmp_path: Path) -> None:
    assert read_sign_in_peers(None) == []
    assert read_sign_in_peers(written(tmp_path, "")) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("ldaps://", "https://", "ldap.urls"),
        ('"radiologist"', '"king"', "not a valid Role"),
        ('"radiologist"', '"integrator"', "for programs"),
        ("ldap.password", "missing.password", "missing.password"),
        ("[ldap]", "[ldap]\nsurprise = 1", "ldap.surprise"),
        ("[ldap]", "[ldap", "sign_in.toml"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, before: str, after: str, told: str) -> None:
    with pytest.raises(UnusableSignInPeersError, match=re.escape(told)):
        read_sign_in_peers(written(tmp_path, example().replace(before, after, 1)))
