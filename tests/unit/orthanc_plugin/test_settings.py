"""Tests of orthanc_plugin.settings."""

from pathlib import Path
from typing import Any

import pytest

from orthanc_plugin.ownership import OwnershipError
from orthanc_plugin.settings import Settings, SettingsError, read_settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, secret in (("ingest.token", "secret-of-ingest\n"), ("proxy.secret", "secret-of-proxy\n")):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text(secret)
    return tmp_path


def read(folder: Path, **section: Any) -> Settings:  # noqa: ANN401 - a configuration holds anything
    """Return the settings of a configuration with this section."""
    stated = {"ServiceUrl": "https://dose.example", "IngestTokenFile": "ingest.token"} | section
    configuration = {"DoseLedger": stated, "StorageDirectory": "storage", "HttpPort": 8043, "StableAge": 20}
    return read_settings(configuration, folder=folder)


class TestReadSettings:
    def test_paths_count_from_the_folder_of_the_configuration(self, folder: Path) -> None:
        settings = read(folder)

        assert settings.ingest_token == "secret-of-ingest"
        assert settings.spool_folder == folder / "storage" / "doseledger-spool"
        assert settings.orthanc_url == "http://127.0.0.1:8043"
        assert settings.quiet_s == 20.0

    @pytest.mark.parametrize(
        "url", ["https://dose.example", "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"]
    )
    def test_https_and_this_machine_need_no_reason(self, folder: Path, url: str) -> None:
        assert read(folder, ServiceUrl=url, AllowPlaintext="not needed").plaintext_reason is None

    def test_plain_http_to_another_machine_is_refused(self, folder: Path) -> None:
        with pytest.raises(SettingsError, match="AllowPlaintext"):
            read(folder, ServiceUrl="http://dose.example")

    def test_plain_http_with_a_reason_keeps_the_reason(self, folder: Path) -> None:
        settings = read(folder, ServiceUrl="http://dose.example", AllowPlaintext="one host, own network")

        assert settings.plaintext_reason == "one host, own network"

    @pytest.mark.parametrize("host", ["127.0.0.1.dose.example", "localhost.example", "10.0.0.1"])
    def test_a_name_that_only_looks_like_this_machine_is_another(self, folder: Path, host: str) -> None:
        with pytest.raises(SettingsError):
            read(folder, ServiceUrl=f"http://{host}")

    @pytest.mark.parametrize(
        "section",
        [
            {"ServiceUrl": ""},
            {"ServiceUrl": "ftp://dose.example"},
            {"ServiceUrl": "dose.example"},
            {"IngestTokenFile": "missing"},
            {"IngestTokenFile": 7},
            {"QuietSeconds": 0},
            {"CatchUpSeconds": "soon"},
            {"IdentityHeader": "X-User"},
            {"IdentityHeader": "X-User", "IdentitySecretHeader": "X-Secret"},
        ],
    )
    def test_names_the_setting_that_is_wrong(self, folder: Path, section: dict[str, Any]) -> None:
        with pytest.raises(SettingsError, match=next(iter(section))):
            read(folder, **section)

    @pytest.mark.parametrize(("file", "setting"), [("ingest.token", "IngestTokenFile"), ("proxy.secret", "Secret")])
    def test_takes_no_secret_that_others_may_exchange(self, folder: Path, file: str, setting: str) -> None:
        proxy = {"IdentityHeader": "X-User", "IdentitySecretHeader": "X-Secret", "IdentitySecretFile": "proxy.secret"}
        (folder / file).chmod(0o620)

        with pytest.raises(OwnershipError, match=setting):
            read(folder, **proxy)

    def test_needs_its_section(self, folder: Path) -> None:
        with pytest.raises(SettingsError, match="section"):
            read_settings({}, folder=folder)

    @pytest.mark.parametrize("value", [None, "true", 1, False])
    def test_orthanc_authenticates_only_if_it_says_so(self, folder: Path, value: object) -> None:
        section = {"ServiceUrl": "https://dose.example", "IngestTokenFile": "ingest.token"}

        settings = read_settings({"DoseLedger": section, "AuthenticationEnabled": value}, folder=folder)

        assert not settings.orthanc_authenticates

    def test_never_shows_a_secret(self, folder: Path) -> None:
        proxy = {"IdentityHeader": "X-User", "IdentitySecretHeader": "X-Secret", "IdentitySecretFile": "proxy.secret"}

        assert "secret" not in repr(read(folder, **proxy))
