"""Tests of the dose SRs that we wrote, where a replay changes the exam and is taken back."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from db.repositories import replays
from db.repositories.replays import Selection
from db.session import unit_of_work
from dose_services.replay import replay
from dose_services.replay_return import roll_back
from tests.builders.ct_study import ct_slices
from tests.support.changed_reader import Installer
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive

_NO_DOSE = """
from dataclasses import replace
from dose_core.readers.ct.image import CtImageReader
class Reader(CtImageReader):
    def read(self, source):
        report = super().read(source)
        return replace(report, events=tuple(replace(e, phantom_diameter_mm=None) for e in report.events))
"""
_TWICE_THE_CTDI = """
from dataclasses import replace
from dose_core.readers.ct.image import CtImageReader
class Reader(CtImageReader):
    def read(self, source):
        report = super().read(source)
        return replace(report, events=tuple(replace(e, ctdi_vol_mgy=2 * e.ctdi_vol_mgy) for e in report.events))
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installer]:
    """Installs packages with readers."""
    installer = Installer(tmp_path, monkeypatch)
    yield installer
    installer.end()


def apply_replay(house: DoseHouse) -> None:
    uow = partial(unit_of_work, house.engine)
    list(replay(uow, Selection(), clock=lambda: house.now, site=house.site, applied_by="test"))
    house.follow()


def take_back(house: DoseHouse) -> None:
    uow = partial(unit_of_work, house.engine)
    with uow() as session:
        newest = replays.every(session)[0].row.id
    list(roll_back(uow, newest, by="test", clock=lambda: house.now, site=house.site))
    house.follow()


def publish(house: DoseHouse) -> None:
    house.wait(QUIET_S)
    house.work()


def test_the_archive_has_the_first_report_again_to_the_byte(
    house: DoseHouse, archive: FakeArchive, install: Installer
) -> None:
    publish(house)
    first = dict(archive.objects)
    install.reader(_TWICE_THE_CTDI)
    apply_replay(house)
    publish(house)
    assert archive.objects.keys().isdisjoint(first)
    assert len(archive.objects) == 1

    take_back(house)
    publish(house)

    assert archive.objects == first
    assert house.states() == ["sent", "superseded"]


def test_a_report_that_was_never_sent_is_sent_after_the_rollback(
    house: DoseHouse, archive: FakeArchive, install: Installer
) -> None:
    install.reader(_TWICE_THE_CTDI)
    apply_replay(house)
    take_back(house)
    publish(house)

    assert house.states() == ["sent", "superseded"]
    assert len(archive.objects) == 1


def test_a_report_that_was_never_sent_since_it_said_the_same_is_sent_after_the_rollback(
    house: DoseHouse, archive: FakeArchive, install: Installer
) -> None:
    """Else the archive would keep the dose of the reader that was taken back."""
    publish(house)
    (first,) = archive.objects
    again = ct_slices(2, SeriesInstanceUID="2.25.3999")
    house.receive([dicom.replace(b"2.25.3100", b"2.25.3177") for dicom in again], are_headers=True)
    publish(house)
    assert house.states() == ["sent", "unchanged"]
    install.reader(_TWICE_THE_CTDI)
    apply_replay(house)
    publish(house)
    (doubled,) = archive.objects
    assert house.states() == ["superseded", "unchanged", "sent"]

    take_back(house)
    publish(house)

    assert house.states() == ["superseded", "sent", "superseded"]
    assert len(archive.objects) == 1
    assert archive.objects.keys().isdisjoint({first, doubled})


def test_the_dose_of_a_reader_that_was_taken_back_is_withdrawn_where_the_earlier_says_none(
    house: DoseHouse, archive: FakeArchive, install: Installer
) -> None:
    install.reader(_NO_DOSE)
    apply_replay(house)
    publish(house)
    assert house.states()[-1] == "refused"
    install.reader(_TWICE_THE_CTDI)
    apply_replay(house)
    publish(house)
    assert len(archive.objects) == 1

    take_back(house)
    publish(house)

    assert archive.objects == {}
    assert house.states()[1:] == ["refused", "withdrawn"]


def test_a_report_that_says_the_same_as_the_one_in_the_archive_stays_unsent(
    house: DoseHouse, archive: FakeArchive
) -> None:
    publish(house)
    again = ct_slices(2, SeriesInstanceUID="2.25.3999")
    house.receive([dicom.replace(b"2.25.3100", b"2.25.3177") for dicom in again], are_headers=True)
    publish(house)
    house.set_sends_no_rdsr(value=False)
    house.set_sends_no_rdsr()

    assert house.states() == ["sent", "unchanged"]
    assert archive.stores == 1
