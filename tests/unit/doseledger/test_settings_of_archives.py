"""Tests of doseledger.settings_of_archives."""

import pytest

from doseledger.processes import listener_of
from doseledger.settings import Settings, SettingsError

ENVIRON = {
    "DOSELEDGER_DATABASE_URL": "postgresql://u:p@localhost/dose",
    "DOSELEDGER_SITE_TIMEZONE": "Europe/Berlin",
    "DOSELEDGER_DEFAULT_AUTHORITY": "HOSP",
    "DOSELEDGER_TOKEN_SECRET": "x" * 32,
    "DOSELEDGER_PUBLIC_URL": "https://dose.example",
}


def load(**settings: str) -> Settings:
    """Return settings with these ``commitment_...``."""
    return Settings.load(ENVIRON | {f"DOSELEDGER_COMMITMENT_{name.upper()}": value for name, value in settings.items()})


def test_nobody_listens_for_reports_of_pacs_without_a_port() -> None:
    assert listener_of(load()) is None


def test_a_port_alone_listens_on_this_machine_under_our_name() -> None:
    made = listener_of(load(port="11114"))

    assert made is not None
    assert (made.host, made.port, made.ae_title, made.certificate) == ("127.0.0.1", 11114, "DOSELEDGER", None)


def test_peers_and_certificates_reach_the_listener() -> None:
    made = listener_of(
        load(
            port="11114",
            allowed_peers="10.1.0.0/16, 10.2.0.7",
            tls_certificate="/etc/dose.pem",
            tls_client_ca="/etc/ca.pem",
        )
    )

    assert made is not None
    assert made.allowed_peers == ("10.1.0.0/16", "10.2.0.7")
    assert (made.certificate, made.key, made.client_ca) == ("/etc/dose.pem", None, "/etc/ca.pem")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ae_title": "SEVENTEEN-LETTERS"}, "AE title"),
        ({"allowed_peers": "pacs.example"}, "IPv4"),
        ({"tls_client_ca": "/etc/ca.pem"}, "CERTIFICATE has to be set"),
        ({"tls_key": "/etc/key.pem"}, "CERTIFICATE has to be set"),
        ({"port": "0"}, "COMMITMENT_PORT"),
    ],
)
def test_what_cannot_be_is_told(settings: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        load(**settings)
