"""Tests of dose_services.reading with a reader that another package brings."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from db.repositories import findings
from db.session import unit_of_work
from dose_services import ingest, reading
from dose_services.installed_readers import installed_readers
from dose_services.site import Site
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP, DORA_THORAX
from tests.builders.envelopes import whole
from tests.builders.packages import write_package

NOW = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
SITE = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP")
FAILING = f"""
class Reader:
    def accepts(self, source):
        return {DORA_THORAX.study_instance_uid!r} in source.data_set.texts(0x0020000D)
    def read(self, source):
        raise KeyError(source.data_set.text(0x00100010))
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package is installed whose reader takes the objects of one study and fails."""
    write_package(tmp_path, "acme_failing", FAILING, name="acme", entry_points={"acme": "acme_failing:Reader"})
    monkeypatch.syspath_prepend(str(tmp_path))
    installed_readers.cache_clear()
    yield
    installed_readers.cache_clear()


@pytest.mark.usefixtures("package")
def test_a_reader_that_fails_costs_its_object_and_is_named(engine: Engine) -> None:
    envelopes = [whole(dose_report(DORA_THORAX)), whole(dose_report(ANNA_FOLLOW_UP))]
    with unit_of_work(engine) as session:
        kept = ingest.keep_objects(session, envelopes, sender="test", received_at=NOW)

    states = reading.read_now(partial(unit_of_work, engine), [one.evidence_id for one in kept], now=NOW, site=SITE)

    assert [state.status for state in states] == ["unreadable", "read"]
    assert states[0].reason == "the reader 'acme' of the package acme 1.0 failed: KeyError in read, line 6"
    with unit_of_work(engine) as session:
        assert [row.kind for row in findings.unresolved(session)] == ["unreadable"]
