"""Tests of what the plugin tells of deleted instances, against real HTTP servers."""

import time

import pytest

from dose_core.classify import ObjectKind
from orthanc_plugin.settings import Settings
from orthanc_plugin.spool import SpoolItem
from tests.builders.dicom_files import dose_report, file_of
from tests.unit.orthanc_plugin.conftest import QUIET_S, House, running_house


class TestDeletions:
    def deleted(self, house: House, *orthanc_ids: str, ago_s: float = 2 * QUIET_S) -> None:
        """Have Orthanc delete instances that long ago."""
        house.spool.add_deleted(orthanc_ids, now=time.time() - ago_s)

    def test_are_told_once_nothing_was_stored_again_for_so_long(self, house: House) -> None:
        self.deleted(house, "ab-1", "ab-2")
        self.deleted(house, "ab-3", ago_s=0.0)

        house.deliver()
        house.deliver()

        assert house.service.deleted == ["ab-1", "ab-2"]
        assert house.service.calls[0].headers["authorization"] == "Bearer ingest-token"
        assert house.spool.counts().deleted == 1

    def test_of_what_was_stored_again_are_not_told(self, house: House) -> None:
        house.orthanc.store("ab-1", file_of(dose_report()))
        self.deleted(house, "ab-1")

        house.deliver()

        assert house.service.deleted == []
        assert house.spool.counts().deleted == 0

    def test_wait_for_what_is_still_to_be_delivered_of_them(self, house: House) -> None:
        waiting = SpoolItem(
            orthanc_id="ef-0", kind=ObjectKind.HEADER, sop_instance_uid="1", series_instance_uid="2", header=b""
        )
        house.spool.add([waiting], now=time.time())
        self.deleted(house, "ef-0")

        house.deliver()
        assert house.service.deleted == []

        house.spool.forget(house.spool.items(["ef-0"]))
        house.deliver()
        assert house.service.deleted == ["ef-0"]

    @pytest.mark.parametrize("status", [401, 503])
    def test_wait_while_the_service_cannot_take_them(self, house: House, status: int) -> None:
        self.deleted(house, "ab-1")
        house.service.refuse = lambda _: status

        assert house.deliver_until_pause() == f"the service answered {status}"

        assert house.spool.counts().deleted == 1

    def test_wait_longer_where_a_service_knows_of_none(self, house: House) -> None:
        self.deleted(house, "ab-1")
        house.service.refuse = lambda _: 404

        house.deliver()
        house.deliver()

        assert len(house.service.calls) == 1
        assert house.spool.counts().deleted == 1
        assert house.delivery.last_error == "the service answered 404"

    def test_survive_the_end_of_orthanc(self, settings: Settings) -> None:
        with running_house(settings) as house:
            house.intake.note_deleted("ab-1")
            house.intake.flush()
        with running_house(settings) as house:
            assert house.spool.deleted(before=time.time(), limit=9) == ["ab-1"]
