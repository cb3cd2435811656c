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
from tests.support.changed_reader import Installer
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive

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
