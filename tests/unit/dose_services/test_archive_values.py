"""Tests of dose_services.archive_values."""

from typing import Any

import pytest

from dose_services.archive_values import DicomNode, StowNode, TlsFiles, UnusableNodeError

NODE: dict[str, Any] = {"host": "pacs.example", "port": 104, "called_ae_title": "PACS"}


class TestADicomNode:
    def test_speaks_in_our_name_unless_told_otherwise(self) -> None:
        assert DicomNode(**NODE).calling_ae_title == "DOSELEDGER"

    @pytest.mark.parametrize("port", [0, -1, 65_536])
    def test_has_a_port_that_exists(self, port: int) -> None:
        with pytest.raises(UnusableNodeError, match="port"):
            DicomNode(**{**NODE, "port": port})

    def test_has_a_host(self) -> None:
        with pytest.raises(UnusableNodeError, match="host"):
            DicomNode(**{**NODE, "host": " "})

    @pytest.mark.parametrize("title", ["", " PACS", "PACS ", "SEVENTEEN-LETTERS", "PA\\CS", "PÄCS", "PA\nCS"])
    @pytest.mark.parametrize("whose", ["called_ae_title", "calling_ae_title"])
    def test_has_ae_titles_that_dicom_allows(self, whose: str, title: str) -> None:
        with pytest.raises(UnusableNodeError, match="AE title"):
            DicomNode(**{**NODE, whose: title})

    @pytest.mark.parametrize("timeout_s", [0, 41])
    def test_is_given_up_before_the_next_attempt(self, timeout_s: int) -> None:
        with pytest.raises(UnusableNodeError, match="seconds"):
            DicomNode(**NODE, timeout_s=timeout_s)


class TestAStowNode:
    @pytest.mark.parametrize(
        "url",
        ["pacs.example/rs", "ftp://pacs.example", "https://", "https://pacs.example/rs?x=1", "https://pacs.example/#x"],
    )
    def test_has_an_address_that_http_can_reach(self, url: str) -> None:
        with pytest.raises(UnusableNodeError, match="address"):
            StowNode(url=url)

    def test_keeps_secrets_out_of_its_address(self) -> None:
        with pytest.raises(UnusableNodeError, match="do not stand in the address"):
            StowNode(url="https://somebody:secret@pacs.example/rs")

    @pytest.mark.parametrize(
        "secrets",
        [
            {"user": "dose"},
            {"password_file": "/etc/secret"},
            {"user": "dose", "password_file": "/etc/secret", "token_file": "/etc/token"},
            {"user": "do:se", "password_file": "/etc/secret"},
            {"user": "do\r\nse", "password_file": "/etc/secret"},
        ],
    )
    def test_is_asked_as_one_user(self, secrets: dict[str, Any]) -> None:
        with pytest.raises(UnusableNodeError, match=r"user|token"):
            StowNode(url="https://pacs.example/rs", **secrets)

    def test_sends_secrets_by_https_alone(self) -> None:
        with pytest.raises(UnusableNodeError, match="https alone"):
            StowNode(url="http://pacs.example/rs", token_file="/etc/token")
        assert StowNode(url="http://127.0.0.1:8042/dicom-web", token_file="/etc/token").token_file

    def test_has_certificates_only_with_https(self) -> None:
        with pytest.raises(UnusableNodeError, match="https"):
            StowNode(url="http://pacs.example/rs", tls=TlsFiles())


def test_a_key_needs_its_certificate() -> None:
    with pytest.raises(UnusableNodeError, match="certificate"):
        TlsFiles(key_file="/etc/key.pem")
