"""Tests of hl7_bridge.admission."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from hl7_bridge.admission import Admission, NotAdmittedError, plain_address
from hl7_bridge.settings import Hl7Settings
from tests.support.certificates import authority, issued


class TestPlace:
    @pytest.mark.parametrize(
        ("allowed", "peer", "is_admitted"),
        [
            ((), "192.0.2.7", True),
            (("192.0.2.7",), "192.0.2.7", True),
            (("192.0.2.7",), "192.0.2.8", False),
            (("198.51.100.1", "192.0.2.0/24"), "192.0.2.8", True),
            (("192.0.2.0/24",), "192.0.3.8", False),
            (("2001:db8::/32",), "2001:db8::5", True),
            (("2001:db8::/32",), "192.0.2.7", False),
            (("192.0.2.7",), "::ffff:192.0.2.7", True),
            (("192.0.2.7",), "unknown", False),
        ],
    )
    def test_is_given_to_those_on_the_list(self, allowed: tuple[str, ...], peer: str, is_admitted: object) -> None:
        admission = Admission(Hl7Settings(allowed_peers=frozenset(allowed)))
        try:
            with admission.place(peer):
                assert is_admitted is True
        except NotAdmittedError:
            assert is_admitted is False

    def test_is_given_again_when_a_connection_has_ended_or_was_refused(self) -> None:
        admission = Admission(Hl7Settings(max_connections=2, max_connections_per_peer=1))
        for _ in range(3):
            with ExitStack() as held:
                held.enter_context(admission.place("a"))
                with pytest.raises(NotAdmittedError, match="from this network address"), admission.place("a"):
                    pass
                held.enter_context(admission.place("b"))
                with pytest.raises(NotAdmittedError, match=r"too many connections$"), admission.place("c"):
                    pass


def test_an_address_is_written_in_one_way() -> None:
    assert plain_address("::ffff:192.0.2.7") == "192.0.2.7"
    assert plain_address("2001:DB8:0::1") == "2001:db8::1"
    assert plain_address("unknown") == "unknown"


class TestCheckCertificate:
    @pytest.mark.parametrize(
        ("allowed", "is_admitted"),
        [
            ((), True),
            (("cn:engine",), True),
            (("subject:/O=Invented Hospital/CN=engine",), True),
            (("dns:other.example", "dns:engine.example"), True),
            (("ip:127.0.0.1",), True),
            (("cn:other",), False),
            (("dns:engine",), False),
            (("sha256:" + "0" * 64,), False),
        ],
    )
    def test_compares_every_name_with_the_list(
        self, tmp_path: Path, allowed: tuple[str, ...], is_admitted: object
    ) -> None:
        admission = Admission(Hl7Settings(allowed_certificates=frozenset(allowed)))
        shown = issued(authority(tmp_path), tmp_path / "engine.pem").der
        try:
            admission.check_certificate(shown)
        except NotAdmittedError:
            assert is_admitted is False
        else:
            assert is_admitted is True

    def test_nobody_is_on_a_list_who_shows_none(self) -> None:
        admission = Admission(Hl7Settings(allowed_certificates=frozenset({"cn:engine"})))
        with pytest.raises(NotAdmittedError):
            admission.check_certificate(None)
