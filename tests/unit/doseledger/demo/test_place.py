"""Tests of doseledger.demo.place: what stands in the demo's way is told in one sentence."""

import socket
import stat
from pathlib import Path

import pytest

from doseledger.demo.place import DemoError, Place, prepare
from tests.support.orthanc import is_installed


@pytest.mark.skipif(not is_installed(), reason="Orthanc is not installed")
class TestPrepare:
    def test_a_taken_port_is_named(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(DemoError, match=f"port {port} is taken"):
                prepare(tmp_path / "demo", port)

    def test_a_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(DemoError, match="cannot be made or written"):
            prepare(tmp_path / "file" / "demo", 1024)


class TestSecrets:
    def test_a_secret_is_drawn_once_and_only_its_owner_can_read_it(self, tmp_path: Path) -> None:
        place = Place(folder=tmp_path, port_base=18700)
        first = place.secret("orthanc-person")
        assert place.secret("orthanc-person") == first
        assert len(first) >= 16
        assert stat.S_IMODE((tmp_path / "orthanc-person.secret").stat().st_mode) == 0o600

    def test_two_places_have_different_secrets(self, tmp_path: Path) -> None:
        drawn = set()
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            drawn.add(Place(folder=tmp_path / name, port_base=18700).secret("orthanc-person"))
        assert len(drawn) == 2
