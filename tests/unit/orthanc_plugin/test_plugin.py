"""Tests of orthanc_plugin.plugin: what Orthanc sees of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    KeyObjectSelectionDocumentStorage,
    MRImageStorage,
    SecondaryCaptureImageStorage,
    XRayRadiationDoseSRStorage,
)

from dose_core.classify import ObjectKind
from dose_core.contract import CopyOf, Origin
from orthanc_plugin import plugin as plugin_module
from orthanc_plugin.gate import MAX_BYTES_IN_CALLBACK, MAX_STEPS_IN_CALLBACK
from orthanc_plugin.plugin import install
from orthanc_plugin.spool import FILE_NAME, Spool
from tests.builders.dicom_files import ct_slice, dose_report, file_of, mr_slice
from tests.builders.rejection_note import OF_INTEREST, rejection_note_bytes
from tests.support.basic_auth import basic_auth
from tests.support.fake_orthanc import FakeInstance, FakeOrthanc

JSON = {"content-type": "application/json"}
ADA = {"authorization": basic_auth("ada", "x")}


def installed(folder: Path, **section: Any) -> FakeOrthanc:  # noqa: ANN401 - a configuration holds anything
    """Return a fake Orthanc that has loaded the plugin."""
    for name in ("ingest", "launch"):
        (folder / f"{name}.token").touch(mode=0o600)
        (folder / f"{name}.token").write_text(f"{name}\n")
    stated = {
        "ServiceUrl": "http://127.0.0.1:9",
        "IngestTokenFile": "ingest.token",
        "LaunchTokenFile": "launch.token",
        "SpoolFolder": "spool",
    }
    orthanc = FakeOrthanc({"AuthenticationEnabled": True, "DoseLedger": stated | section}, folder)
    install(orthanc)
    return orthanc


@pytest.fixture
def orthanc(tmp_path: Path) -> Iterator[FakeOrthanc]:
    yield installed(tmp_path)
    assert plugin_module._Holder.plugin is not None
    plugin_module._Holder.plugin.stop()


def of_many_elements(dataset: Dataset) -> bytes:
    """Return a file with many empty elements before its UIDs: 8 bytes each, and each a step of the walk."""
    data = file_of(dataset)
    at = data.index(b"\x08\x00\x16\x00UI")
    return data[:at] + b"\x08\x00\x00\x01SH\0\0" * MAX_STEPS_IN_CALLBACK + data[at:]


def queued(folder: Path) -> Spool:
    """Return the spool after what was stored is on disk."""
    plugin = plugin_module._Holder.plugin
    assert plugin is not None
    assert plugin.intake is not None
    plugin.intake.flush()
    return Spool(folder / "spool")


class TestDeleting:
    def test_is_listened_to_only_if_it_is_asked_for(self, orthanc: FakeOrthanc) -> None:
        """Each change of each slice costs a call."""
        assert orthanc.on_change is None

    def test_of_an_instance_is_remembered_and_nothing_else(self, tmp_path: Path) -> None:
        orthanc = installed(tmp_path, TellDeletions=True)
        assert orthanc.on_change is not None

        orthanc.on_change(1, 3, "ab-1")  # an instance was deleted,
        orthanc.on_change(1, 1, "ab-2")  # its study with it,
        orthanc.on_change(3, 3, "ab-3")  # and another instance is new

        assert queued(tmp_path).counts().deleted == 1
        assert plugin_module._Holder.plugin is not None
        plugin_module._Holder.plugin.stop()


class TestStoring:
    def test_queues_the_header_of_an_image(self, orthanc: FakeOrthanc, tmp_path: Path) -> None:
        dataset = ct_slice()
        assert orthanc.on_stored is not None

        orthanc.on_stored(FakeInstance(file_of(dataset), {"SopClassUid": CTImageStorage, "ModifiedFrom": "x"}), "ab-1")

        (item,) = queued(tmp_path).items(["ab-1"])
        assert (item.kind, item.sop_instance_uid) == (ObjectKind.HEADER, dataset.SOPInstanceUID)
        assert (item.calling_aet, item.origin, item.copy_of) == ("CT_INVENTED", Origin.DICOM, CopyOf.MODIFIED)
        assert item.header is not None
        assert len(item.header) < 2000

    def test_takes_what_was_modified_in_its_place_for_no_copy(self, orthanc: FakeOrthanc, tmp_path: Path) -> None:
        """Orthanc made it from itself: there is no other that it could be a copy of."""
        metadata = {"SopClassUid": XRayRadiationDoseSRStorage, "ModifiedFrom": "ab-1"}
        assert orthanc.on_stored is not None

        orthanc.on_stored(FakeInstance(file_of(dose_report()), metadata), "ab-1")

        assert [item.copy_of for item in queued(tmp_path).items(["ab-1"])] == [None]

    def test_queues_no_byte_of_a_report(self, orthanc: FakeOrthanc, tmp_path: Path) -> None:
        assert orthanc.on_stored is not None

        orthanc.on_stored(FakeInstance(file_of(dose_report()), {"SopClassUid": XRayRadiationDoseSRStorage}), "ab-1")

        (item,) = queued(tmp_path).items(["ab-1"])
        assert (item.kind, item.header) == (ObjectKind.WHOLE, None)

    def test_touches_nothing_of_what_states_no_dose(self, orthanc: FakeOrthanc, tmp_path: Path) -> None:
        instance = FakeInstance(file_of(mr_slice()), {"SopClassUid": MRImageStorage})
        assert orthanc.on_stored is not None

        orthanc.on_stored(instance, "ab-1")

        assert not instance.was_copied
        assert plugin_module._Holder.plugin is not None
        assert plugin_module._Holder.plugin.intake is not None
        assert plugin_module._Holder.plugin.intake.not_seen(["ab-1", "ab-2"]) == ["ab-2"]
        assert queued(tmp_path).counts().oldest_added_at is None

    def test_queues_the_header_of_a_dose_screen(self, orthanc: FakeOrthanc, tmp_path: Path) -> None:
        file = file_of(ct_slice(SOPClassUID=SecondaryCaptureImageStorage, SeriesDescription="Dose Report"))
        assert orthanc.on_stored is not None

        orthanc.on_stored(FakeInstance(file, {"SopClassUid": SecondaryCaptureImageStorage}), "ab-1")

        (item,) = queued(tmp_path).items(["ab-1"])
        assert item.kind is ObjectKind.HEADER
        assert item.header is not None
        assert len(item.header) < 2000

    def test_leaves_other_captures_where_they_are(self, orthanc: FakeOrthanc, tmp_path: Path) -> None:
        file = file_of(ct_slice(SOPClassUID=SecondaryCaptureImageStorage, SeriesDescription="3D view"))
        assert orthanc.on_stored is not None

        orthanc.on_stored(FakeInstance(file, {"SopClassUid": SecondaryCaptureImageStorage}), "ab-1")

        counts = queued(tmp_path).counts()
        assert (counts.oldest_added_at, counts.unseen) == (None, 0)

    def test_queues_a_rejection_note_and_leaves_key_images(self, orthanc: FakeOrthanc, tmp_path: Path) -> None:
        metadata = {"SopClassUid": str(KeyObjectSelectionDocumentStorage)}
        assert orthanc.on_stored is not None

        orthanc.on_stored(FakeInstance(rejection_note_bytes("2.25.1"), metadata), "ab-1")
        orthanc.on_stored(FakeInstance(rejection_note_bytes("2.25.1", title=OF_INTEREST), metadata), "ab-2")

        spool = queued(tmp_path)
        assert [(item.kind, item.header) for item in spool.items(["ab-1", "ab-2"])] == [(ObjectKind.WHOLE, None)]
        assert spool.counts().unseen == 0

    def test_queues_our_own_reports_too_so_that_they_are_known_to_have_come(
        self, orthanc: FakeOrthanc, tmp_path: Path
    ) -> None:
        ours = FakeInstance(
            file_of(dose_report(Manufacturer="DoseLedger")), {"SopClassUid": XRayRadiationDoseSRStorage}
        )
        assert orthanc.on_stored is not None

        orthanc.on_stored(ours, "ab-1")

        (item,) = queued(tmp_path).items(["ab-1"])
        assert item.kind is ObjectKind.WHOLE

    @pytest.mark.parametrize(
        "instance",
        [
            pytest.param(FakeInstance(b"no DICOM", {"SopClassUid": CTImageStorage}), id="broken"),
            pytest.param(FakeInstance(b"", {}), id="without metadata"),
            pytest.param(
                FakeInstance(
                    file_of(dose_report(), transfer_syntax=DeflatedExplicitVRLittleEndian),
                    {"SopClassUid": XRayRadiationDoseSRStorage},
                ),
                id="deflated report",
            ),
            pytest.param(
                FakeInstance(of_many_elements(ct_slice()), {"SopClassUid": CTImageStorage}), id="image of many elements"
            ),
            pytest.param(
                FakeInstance(of_many_elements(dose_report()), {"SopClassUid": XRayRadiationDoseSRStorage}),
                id="report of many elements",
            ),
            pytest.param(
                FakeInstance(b"", {"SopClassUid": CTImageStorage}, reported_size=MAX_BYTES_IN_CALLBACK + 1), id="huge"
            ),
        ],
    )
    def test_never_raises_and_looks_again_later(
        self, orthanc: FakeOrthanc, tmp_path: Path, instance: FakeInstance
    ) -> None:
        assert orthanc.on_stored is not None

        orthanc.on_stored(instance, "ab-1")

        assert queued(tmp_path).unseen(now=1e12, limit=9) == [("ab-1", 0)]


class TestStarting:
    @pytest.mark.parametrize(
        ("section", "reason"),
        [
            ({"ServiceUrl": ""}, "ServiceUrl is missing"),
            ({"ServiceUrl": "http://dose.example"}, "AllowPlaintext"),
            ({"ServiceUrl": "https://dose.example", "CaFile": "missing.pem"}, "FileNotFoundError"),
            ({"SpoolFolder": "ingest.token"}, "FileExistsError"),
        ],
    )
    def test_orthanc_starts_without_a_plugin_that_cannot(
        self, tmp_path: Path, section: dict[str, str], reason: str
    ) -> None:
        orthanc = installed(tmp_path, **section)

        status = orthanc.call("/dose/status", method="GET").json()
        assert status["state"] == "stopped"
        assert reason in status["reason"]
        assert any(reason in line for line in orthanc.log)
        assert orthanc.explorer == ""

    @pytest.mark.parametrize("name", ["ingest.token", "launch.token", "spool"])
    def test_orthanc_starts_without_a_plugin_whose_files_others_may_write(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "spool").mkdir(mode=0o700)
        for token in ("ingest.token", "launch.token"):
            (tmp_path / token).touch(mode=0o600)
        (tmp_path / name).chmod(0o777)

        orthanc = installed(tmp_path)

        status = orthanc.call("/dose/status", method="GET").json()
        assert status["state"] == "stopped"
        assert "others may write" in status["reason"]
        assert any("others may write" in line for line in orthanc.log)

    def test_every_callback_is_a_function_of_the_module(self, orthanc: FakeOrthanc) -> None:
        """An object that only Orthanc holds crashes it at exit (plugin 5.0 and later)."""
        callbacks = [orthanc.on_stored, *orthanc.rest.values()]

        assert all(callback is getattr(plugin_module, getattr(callback, "__name__", "")) for callback in callbacks)

    def test_says_that_a_broken_spool_was_deleted(self, tmp_path: Path) -> None:
        (tmp_path / "spool").mkdir(mode=0o700)
        (tmp_path / "spool" / FILE_NAME).write_bytes(b"not a database at all, but long enough to be read as one" * 100)

        orthanc = installed(tmp_path)

        status = orthanc.call("/dose/status", method="GET").json()
        assert status["state"] == "running"
        assert "broken and was deleted" in status["spool"]
        assert any("broken and was deleted" in line for line in orthanc.log)

    def test_states_its_queue_once_it_runs(self, orthanc: FakeOrthanc) -> None:
        status = orthanc.call("/dose/status", method="GET").json()

        assert status["state"] == "running"
        assert status["queue"]["length"] == 0
        assert status["spool"] == "sound"
        assert "ingest" not in str(status)


class TestLaunching:
    def test_offers_a_button_to_somebody(self, orthanc: FakeOrthanc) -> None:
        answer = orthanc.call("/dose/whoami", method="GET", headers=ADA).json()

        assert answer == {"person": "ada", "may_launch": True}

    def test_offers_none_to_nobody(self, orthanc: FakeOrthanc) -> None:
        assert orthanc.call("/dose/whoami", method="GET", headers={}).json() == {"person": None, "may_launch": False}

    def test_offers_none_without_a_launch_token(self, tmp_path: Path) -> None:
        orthanc = installed(tmp_path, LaunchTokenFile="")

        assert not orthanc.call("/dose/whoami", method="GET", headers=ADA).json()["may_launch"]

    def test_refuses_nobody(self, orthanc: FakeOrthanc) -> None:
        answer = orthanc.call("/dose/launch", method="POST", headers=JSON, body=b"{}")

        assert answer.status == 403

    @pytest.mark.parametrize("path", ["/dose/launch", "/dose/retry"])
    @pytest.mark.parametrize(
        ("headers", "status"),
        [({"content-type": "text/plain"}, 415), ({}, 415), (JSON | {"sec-fetch-site": "cross-site"}, 403)],
    )
    def test_does_nothing_for_another_site(
        self, orthanc: FakeOrthanc, tmp_path: Path, path: str, headers: dict[str, str], status: int
    ) -> None:
        """A browser sends the password it keeps for Orthanc with whatever another site lets it send."""
        spool = queued(tmp_path)
        spool.add_found(["ab-1"], change_seq=1, now=1.0)
        spool.park_unseen("ab-1", reason="refused")

        answer = orthanc.call(path, method="POST", headers=ADA | headers, body=b"{}")

        assert answer.status == status
        assert "detail" in answer.json()
        assert spool.counts().parked == 1

    def test_looks_again_at_what_was_parked(self, orthanc: FakeOrthanc, tmp_path: Path) -> None:
        spool = queued(tmp_path)
        spool.add_found(["ab-1"], change_seq=1, now=1.0)
        spool.park_unseen("ab-1", reason="refused")

        assert orthanc.call("/dose/retry", method="POST", headers=ADA | JSON).json() == {"queued_again": 1}

    def test_is_a_post(self, orthanc: FakeOrthanc) -> None:
        assert orthanc.call("/dose/launch", method="GET", headers=ADA).status == 405
        assert orthanc.call("/dose/retry", method="GET", headers=ADA).status == 405
