"""Tests of hl7_bridge.tls. The oracle for fingerprints is OpenSSL, through Python's hashlib of the DER."""

import hashlib
import ssl
from pathlib import Path

import pytest

from hl7_bridge.tls import Tls, TlsFiles, TlsFilesError, identities
from tests.support.certificates import authority, issued


class TestIdentities:
    def test_are_fingerprint_subject_and_alternative_names_in_lower_case(self, tmp_path: Path) -> None:
        engine = issued(authority(tmp_path), tmp_path / "engine.pem", name="Engine", dns="Engine.Example")

        assert identities(engine.der) == {
            f"sha256:{hashlib.sha256(engine.der).hexdigest()}",
            "subject:/o=invented hospital/cn=engine",
            "cn:engine",
            "dns:engine.example",
            "ip:127.0.0.1",
        }

    def test_a_certificate_without_alternative_names_has_the_others(self, tmp_path: Path) -> None:
        assert "cn:invented authority" in identities(authority(tmp_path).der)

    @pytest.mark.parametrize("shown", [None, b"", b"no certificate"])
    def test_nobody_has_none(self, shown: bytes | None) -> None:
        assert identities(shown) == frozenset()


class TestTls:
    def test_speaks_no_version_below_1_2_and_asks_for_a_certificate_where_authorities_are_named(
        self, tmp_path: Path
    ) -> None:
        root = authority(tmp_path)
        server = issued(root, tmp_path / "server.pem")

        alone = Tls(TlsFiles(certificate=server.file)).context
        asking = Tls(TlsFiles(certificate=server.file, client_authorities=root.file)).context
        offering = TlsFiles(certificate=server.file, client_authorities=root.file, is_client_certificate_optional=True)

        assert alone.minimum_version is ssl.TLSVersion.TLSv1_2
        assert [alone.verify_mode, asking.verify_mode, Tls(offering).context.verify_mode] == [
            ssl.CERT_NONE,
            ssl.CERT_REQUIRED,
            ssl.CERT_OPTIONAL,
        ]

    def test_says_which_files_cannot_be_used(self, tmp_path: Path) -> None:
        missing = tmp_path / "missing.pem"
        with pytest.raises(TlsFilesError, match=r"No such file or directory; they are .*missing\.pem"):
            Tls(TlsFiles(certificate=missing))

    def test_a_key_of_another_certificate_is_refused_and_what_was_loaded_stays(self, tmp_path: Path) -> None:
        root = authority(tmp_path)
        server, other = issued(root, tmp_path / "server.pem"), issued(root, tmp_path / "other.pem")
        tls = Tls(TlsFiles(certificate=server.file, key=server.file))
        context = tls.context
        server.file.write_bytes(other.file.read_bytes().split(b"-----BEGIN PRIVATE KEY")[0])

        assert tls.have_files_changed()
        with pytest.raises(TlsFilesError):
            tls.reload()
        assert tls.context is context
        assert not tls.have_files_changed(), "told once"

    def test_new_files_make_a_new_context(self, tmp_path: Path) -> None:
        root = authority(tmp_path)
        tls = Tls(TlsFiles(certificate=issued(root, tmp_path / "server.pem").file))
        context = tls.context
        assert not tls.have_files_changed()

        issued(root, tmp_path / "new.pem").file.rename(tmp_path / "server.pem")

        assert tls.have_files_changed()
        tls.reload()
        assert tls.context is not context
        assert not tls.have_files_changed()
