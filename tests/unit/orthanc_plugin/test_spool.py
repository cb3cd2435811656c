"""Tests of orthanc_plugin.spool."""

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dose_core.classify import ObjectKind
from dose_core.contract import CopyOf, Origin
from orthanc_plugin.ownership import OwnershipError
from orthanc_plugin.spool import FILE_NAME, Spool, SpoolItem

SLICE = SpoolItem(
    orthanc_id="a",
    kind=ObjectKind.HEADER,
    sop_instance_uid="1.2.1",
    series_instance_uid="1.2",
    calling_aet="CT_1",
    origin=Origin.DICOM,
    copy_of=CopyOf.MODIFIED,
    header=b"Example^Invented",
)
REPORT = SpoolItem(orthanc_id="b", kind=ObjectKind.WHOLE, sop_instance_uid="1.3.1", series_instance_uid="1.3")

WRITE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from dose_core.classify import ObjectKind
from orthanc_plugin.spool import Spool, SpoolItem
spool = Spool(Path(sys.argv[1]))
for number in range(50):
    item = SpoolItem(orthanc_id=str(number), kind=ObjectKind.WHOLE, sop_instance_uid="1", series_instance_uid="2")
    spool.add([item], now=1.0)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


class TestSpool:
    def test_gives_back_what_was_queued(self, spool: Spool) -> None:
        spool.add([SLICE, REPORT], now=1.0)

        assert spool.items(["a", "b"]) == [replace(SLICE, added_at=1.0), replace(REPORT, added_at=1.0)]
        assert spool.wholes(now=1.0, limit=10) == [replace(REPORT, added_at=1.0)]
        assert spool.waiting_series(now=1.0) == [("1.2", 1.0)]
        assert spool.series_headers("1.2", now=1.0) == [("a", 16)]

    def test_only_its_account_may_read_it(self, spool: Spool, tmp_path: Path) -> None:
        spool.add([SLICE], now=1.0)

        assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
        files = list((tmp_path / "spool").iterdir())
        assert FILE_NAME in {file.name for file in files}
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}

    def test_an_existing_folder_is_closed_to_others(self, tmp_path: Path) -> None:
        (tmp_path / "spool").mkdir(mode=0o755)

        Spool(tmp_path / "spool")

        assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700

    def test_a_folder_that_others_may_write_to_is_not_used(self, tmp_path: Path) -> None:
        """They may have laid something there already."""
        (tmp_path / "spool").mkdir()
        (tmp_path / "spool").chmod(0o770)

        with pytest.raises(OwnershipError, match="the spool folder"):
            Spool(tmp_path / "spool")

    @pytest.mark.parametrize("way", ["forgotten", "parked"])
    def test_no_byte_of_a_header_stays_behind(self, spool: Spool, tmp_path: Path, way: str) -> None:
        spool.add([SLICE], now=1.0)

        if way == "forgotten":
            spool.forget(spool.items(["a"]))
        else:
            spool.park(spool.items(["a"]), reason="refused")
        spool.wipe_log()

        content = b"".join(file.read_bytes() for file in (tmp_path / "spool").iterdir())
        assert b"Example" not in content

    def test_survives_kill_9_with_all_that_was_added(self, tmp_path: Path) -> None:
        ended = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(tmp_path)], check=False, env=os.environ.copy())

        assert ended.returncode == -signal.SIGKILL
        assert Spool(tmp_path).counts().whole == 50

    def test_a_broken_file_is_deleted_with_the_patients_in_it(self, spool: Spool, tmp_path: Path) -> None:
        spool.add([SLICE], now=1.0)
        spool.close()
        file = tmp_path / "spool" / FILE_NAME
        file.write_bytes(b"no longer a database, " + file.read_bytes())

        spool = Spool(tmp_path / "spool")
        spool.add([REPORT], now=1.0)

        assert spool.counts().whole == 1
        assert spool.was_broken
        assert b"Example" not in b"".join(path.read_bytes() for path in (tmp_path / "spool").iterdir())

    def test_a_sound_file_that_cannot_be_opened_now_is_kept(self, spool: Spool, tmp_path: Path) -> None:
        """A full disk or a lock says nothing about what is in the file."""
        spool.add([REPORT], now=1.0)
        spool.close()
        log = tmp_path / "spool" / f"{FILE_NAME}-wal"
        log.mkdir()

        with pytest.raises(sqlite3.OperationalError):
            Spool(tmp_path / "spool")

        log.rmdir()
        kept = Spool(tmp_path / "spool")
        assert kept.counts().whole == 1
        assert not kept.was_broken

    def test_an_instance_stored_again_replaces_what_waits(self, spool: Spool) -> None:
        spool.add([SLICE], now=1.0)
        spool.park(spool.items(["a"]), reason="refused")

        spool.add([SLICE], now=2.0)

        assert spool.items(["a"]) == [replace(SLICE, added_at=2.0)]
        assert spool.counts().parked == 0

    def test_an_instance_stored_again_while_it_was_delivered_is_not_forgotten(self, spool: Spool) -> None:
        spool.add([SLICE], now=1.0)
        on_its_way = spool.items(["a"])
        spool.add([replace(SLICE, header=b"changed")], now=2.0)

        spool.forget(on_its_way)
        spool.park(on_its_way, reason="refused")

        assert [item.header for item in spool.items(["a"])] == [b"changed"]
        assert spool.counts().header == 1

    def test_what_the_callback_queued_is_not_forgotten_by_the_one_who_looked(self, spool: Spool) -> None:
        spool.add_found(["a"], change_seq=1, now=1.0)
        spool.add([SLICE], now=2.0)

        spool.forget_unseen("a")
        spool.park_unseen("a", reason="its header cannot be cut")

        assert spool.counts().header == 1

    def test_the_catch_up_does_not_disturb_what_waits(self, spool: Spool) -> None:
        spool.add([SLICE], now=1.0)

        spool.add_found(["a", "c"], change_seq=7, now=2.0)

        assert spool.items(["a"]) == [replace(SLICE, added_at=1.0)]
        assert spool.unseen(now=2.0, limit=10) == [("c", 0)]
        assert spool.watermark() == 7

    def test_the_watermark_does_not_move_without_what_it_stands_for(self, spool: Spool) -> None:
        spool.add_found([], change_seq=3, now=1.0)

        with pytest.raises(sqlite3.Error):
            spool.add_found([object()], change_seq=9, now=1.0)  # type: ignore[list-item]  # no value SQLite could keep

        assert spool.watermark() == 3

    def test_what_is_postponed_waits_for_its_time(self, spool: Spool) -> None:
        spool.add([REPORT], now=1.0)

        spool.postpone(["b"], until=5.0)

        assert spool.wholes(now=4.9, limit=10) == []
        assert [item.attempts for item in spool.wholes(now=5.0, limit=10)] == [1]

    def test_what_is_parked_is_named_with_its_reason_and_may_be_tried_again(self, spool: Spool) -> None:
        spool.add([REPORT], now=1.0)
        spool.park(spool.items(["b"]), reason="the service answered 400")

        (parked,) = spool.parked(limit=10)
        assert (parked.orthanc_id, parked.sop_instance_uid, parked.reason) == ("b", "1.3.1", "the service answered 400")
        assert spool.retry_parked() == 1
        assert spool.unseen(now=1.0, limit=10) == [("b", 0)]

    def test_counts_what_waits_and_since_when(self, spool: Spool) -> None:
        assert spool.counts().oldest_added_at is None
        spool.add([SLICE], ["c"], now=3.0)
        spool.add([REPORT], now=2.0)

        counts = spool.counts()

        assert (counts.header, counts.whole, counts.unseen, counts.parked) == (1, 1, 1, 0)
        assert counts.oldest_added_at == 2.0
