"""Tests of doseledger.settings."""

import re
from pathlib import Path

import pytest

from doseledger.settings import Settings, SettingsError, database_url

COMPLETE = {
    "DOSELEDGER_DATABASE_URL": "postgresql://dose:invented-secret@db/dose",
    "DOSELEDGER_SITE_TIMEZONE": "Europe/Berlin",
    "DOSELEDGER_DEFAULT_AUTHORITY": "HOSP",
    "DOSELEDGER_TOKEN_SECRET": "x" * 32,
    "DOSELEDGER_PUBLIC_URL": "https://dose.example/",
}


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in COMPLETE.items() if key != name}


class TestLoad:
    def test_takes_the_environment_over_the_file(self, tmp_path: Path) -> None:
        file = tmp_path / "settings.toml"
        file.write_text('site_timezone = "UTC"\nquiet_time_s = 5\n', encoding="utf-8")

        settings = Settings.load({**COMPLETE, "DOSELEDGER_CONFIG": str(file)})

        assert (settings.site_timezone, settings.quiet_time_s) == ("Europe/Berlin", 5)

    def test_takes_the_environment_over_what_the_caller_fills_in(self) -> None:
        settings = Settings.load(
            {**COMPLETE, "DOSELEDGER_API_PORT": "9000"}, extra={"api_port": 8700, "hl7_port": 8701}
        )

        assert (settings.api_port, settings.hl7_port) == (9000, 8701)

    def test_reads_a_secret_from_its_own_file(self, tmp_path: Path) -> None:
        file = tmp_path / "secret"
        file.write_text("y" * 40 + "\n", encoding="utf-8")

        settings = Settings.load({**without("DOSELEDGER_TOKEN_SECRET"), "DOSELEDGER_TOKEN_SECRET_FILE": str(file)})

        assert settings.token_secret.get_secret_value() == "y" * 40

    def test_tells_of_a_placeholder_or_a_code_that_cannot_be_used(self) -> None:
        wrong = {"DOSELEDGER_PLACEHOLDER_NAMES": "ROTKREUZ ??, *", "DOSELEDGER_OBSERVATION_CODES": "WT=weight"}
        right = {
            "DOSELEDGER_PLACEHOLDER_NAMES": "ROTKREUZ ??,U*",
            "DOSELEDGER_OBSERVATION_CODES": "WT^99HIS=body_weight",
        }

        with pytest.raises(SettingsError) as error:
            Settings.load({**COMPLETE, **wrong})
        settings = Settings.load({**COMPLETE, **right})

        assert [line.split(" is wrong")[0] for line in str(error.value).splitlines()] == [*wrong]
        assert settings.placeholder_names == ("ROTKREUZ ??", "U*")
        assert settings.observation_codes == ("WT^99HIS=body_weight",)

    def test_gives_lists_as_words(self) -> None:
        settings = Settings.load({**COMPLETE, "DOSELEDGER_FRAME_ANCESTORS": "https://pacs.example, https://b.example"})

        assert settings.frame_ancestors == ("https://pacs.example", "https://b.example")

    def test_gives_certificates_and_networks_as_they_are_compared(self) -> None:
        settings = Settings.load(
            {
                **COMPLETE,
                "DOSELEDGER_HL7_TLS_CERTIFICATE": "/etc/hl7.pem",
                "DOSELEDGER_HL7_TLS_CLIENT_CA": "/etc/ca.pem",
                "DOSELEDGER_HL7_ALLOWED_CERTIFICATES": f"cn:Interface Engine, sha256:{':'.join(['AB'] * 32)}",
                "DOSELEDGER_HL7_ALLOWED_PEERS": "10.1.0.0/16 2001:db8::1",
            }
        )

        assert settings.hl7_allowed_certificates == ("cn:Interface Engine", f"sha256:{'ab' * 32}")
        assert settings.hl7_allowed_peers == ("10.1.0.0/16", "2001:db8::1")
        assert settings.plain()["hl7_tls_certificate"] == "/etc/hl7.pem"
        assert Settings.load({}, extra=settings.plain()) == settings, "what a child process is given means the same"

    @pytest.mark.parametrize("name", list(COMPLETE))
    def test_has_no_default_for_what_only_the_site_knows(self, name: str) -> None:
        with pytest.raises(SettingsError, match=f"{name} is missing"):
            Settings.load(without(name))

    @pytest.mark.parametrize(
        ("name", "value", "told"),
        [
            ("DOSELEDGER_SITE_TIMEZONE", "Berlin", "Europe/Berlin"),
            ("DOSELEDGER_TOKEN_SECRET", "short", "at least 32"),
            ("DOSELEDGER_PUBLIC_URL", "dose.example", "http"),
            ("DOSELEDGER_DATABASE_URL", "mysql://dose:invented-secret@db/dose", "must start with postgresql://"),
            ("DOSELEDGER_HL7_DEFAULT_CHARSET", "klingon", "iso8859_1"),
            ("DOSELEDGER_HL7_ALLOWED_PEERS", "127.0.0.1 engine.example", "IPv4 or IPv6"),
            ("DOSELEDGER_HL7_ALLOWED_PEERS", "10.1.2.3/16", "without bits of a host"),
            ("DOSELEDGER_HL7_TLS_KEY", "/etc/hl7.key", "DOSELEDGER_HL7_TLS_CERTIFICATE has to be set"),
            ("DOSELEDGER_HL7_TLS_CLIENT_CA", "/etc/ca.pem", "DOSELEDGER_HL7_TLS_CERTIFICATE has to be set"),
            ("DOSELEDGER_HL7_TLS_CLIENT_CERTIFICATE", "maybe", "required or optional"),
            ("DOSELEDGER_HL7_ALLOWED_CERTIFICATES", "dns:a.example", "DOSELEDGER_HL7_TLS_CLIENT_CA has to be set"),
            ("DOSELEDGER_HL7_ALLOWED_CERTIFICATES", "a.example", "written like dns:engine.example"),
            ("DOSELEDGER_HL7_ALLOWED_CERTIFICATES", "sha256:1234", "64 hexadecimal digits"),
            ("DOSELEDGER_HL7_SENDER_RULES", "10.1.0.7 RIS|XRAY", "PEER > APPLICATION|FACILITY"),
            ("DOSELEDGER_HL7_SENDER_RULES", "10.1.0.7 > RIS", "PEER > APPLICATION|FACILITY"),
            ("DOSELEDGER_HL7_SENDER_RULES", "10.1.0.7 & > RIS|XRAY", "PEER > APPLICATION|FACILITY"),
            ("DOSELEDGER_HL7_SENDER_RULES", "engine > RIS|XRAY", "written like dns:engine.example"),
            ("DOSELEDGER_HL7_SENDER_RULES", "cn:engine > RIS|XRAY", "DOSELEDGER_HL7_TLS_CLIENT_CA has to be set"),
            ("DOSELEDGER_RETENTION_DAILY", "true", "DOSELEDGER_RETENTION_JURISDICTION has to be set"),
            ("DOSELEDGER_FRAME_ANCESTORS", "pacs.example", "http"),
            ("DOSELEDGER_API_PORT", "70000", "port"),
            ("DOSELEDGER_HL7_ALLOWED_SENDERS", "RIS", "APPLICATION|FACILITY"),
            ("DOSELEDGER_APIPORT", "8700", "is no setting"),
            ("DOSELEDGER_TOKEN_SECRET_FILE", "/nowhere/secret", "cannot be read"),
        ],
    )
    def test_says_what_is_wrong_with_a_setting(self, name: str, value: str, told: str) -> None:
        with pytest.raises(SettingsError, match=re.escape(told)):
            Settings.load({**COMPLETE, name: value})

    def test_tells_all_that_is_wrong_at_once(self) -> None:
        with pytest.raises(SettingsError) as caught:
            Settings.load({})

        assert len(str(caught.value).splitlines()) == len(COMPLETE)

    def test_never_repeats_a_secret(self) -> None:
        with pytest.raises(SettingsError) as caught:
            Settings.load({**COMPLETE, "DOSELEDGER_TOKEN_SECRET": "invented-secret"})

        assert "invented-secret" not in str(caught.value)
        assert "invented-secret" not in repr(Settings.load(COMPLETE))

    def test_is_frozen(self) -> None:
        with pytest.raises(ValueError, match="frozen"):
            Settings.load(COMPLETE).api_port = 1


class TestDatabaseUrl:
    def test_needs_nothing_else(self) -> None:
        assert database_url({"DOSELEDGER_DATABASE_URL": "postgresql://db/dose"}) == "postgresql://db/dose"

    def test_says_where_a_running_house_keeps_it(self) -> None:
        with pytest.raises(SettingsError, match=r"running\.toml"):
            database_url({})


class TestTheSettingsPage:
    def test_names_every_setting_and_no_other(self) -> None:
        page = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"
        rows = [
            line.split(" | ")[0] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
        ]

        assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(Settings.model_fields)
