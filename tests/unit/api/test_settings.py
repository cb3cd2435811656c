"""Tests of api.settings, and of the secret behind tokens."""

import pytest

from api.settings import ApiSettings
from dose_services.tokens import TokenSettings, WeakSecretError

SECRET = b"a secret that is long enough for a test"
TOKENS = TokenSettings(secret=SECRET, issuer="x", audience="y")


class TestThePublicAddress:
    @pytest.mark.parametrize(
        ("public_url", "prefix", "address", "is_https"),
        [
            ("http://127.0.0.1:8700", "", "http://127.0.0.1:8700/launch", False),
            ("https://dose.example/", "", "https://dose.example/launch", True),
            ("https://example.test/dose/", "/dose", "https://example.test/dose/launch", True),
        ],
    )
    def test_may_lie_below_a_path(self, public_url: str, prefix: str, address: str, is_https: bool) -> None:  # noqa: FBT001 - a column of the table
        settings = ApiSettings(tokens=TOKENS, public_url=public_url)

        assert settings.path_prefix == prefix
        assert settings.address("/launch") == address
        assert settings.is_https is is_https


class TestTheSecret:
    def test_is_at_least_as_long_as_the_hash(self) -> None:
        """RFC 7518, 3.2."""
        with pytest.raises(WeakSecretError, match="31 bytes"):
            TokenSettings(secret=b"x" * 31, issuer="x", audience="y")

    def test_is_never_shown(self) -> None:
        assert SECRET.decode() not in repr(ApiSettings(tokens=TOKENS, public_url="http://127.0.0.1"))
