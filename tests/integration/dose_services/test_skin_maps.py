"""Tests of dose_services.skin_maps: computed after the exam, kept once, and anew if something that went in changed."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import DBAPIError

from db import skin_mapping
from db.session import unit_of_work
from db.tables.exam import ExamRow
from db.tables.skin import SkinMapRow
from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.estimating.skin_dose import SkinDose
from dose_services import estimates, skin_maps
from tests.builders.projection_rdsr import dose as event_dose
from tests.builders.projection_rdsr import event, fluoroscopy_report_bytes, observer, projection_rdsr_bytes, totals
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

ARTIS: dict[str, Any] = {"Manufacturer": "Siemens", "ManufacturerModelName": "AXIOM-Artis"}


@pytest.fixture
def plain(engine: Engine, archive: FakeArchive) -> DoseHouse:
    """A house that has received nothing."""
    return DoseHouse(engine=engine, archive=archive)


def work(house: DoseHouse) -> int:
    """Ask the methods, then compute the skin doses, as the worker does; return how many were due."""
    while estimates.work_off(partial(unit_of_work, house.engine), now=house.now, limit=100):
        pass
    return skin_maps.work_off(partial(unit_of_work, house.engine), now=house.now, limit=100)


def artis_report() -> bytes:
    """Return a report of an AXIOM-Artis with one event in which nothing is missing."""
    return fluoroscopy_report_bytes(**ARTIS)


def rows(house: DoseHouse) -> list[SkinMapRow]:
    """Return all that was computed, the oldest first."""
    with unit_of_work(house.engine) as session:
        return list(session.scalars(select(SkinMapRow).order_by(SkinMapRow.made_at)))


def results(house: DoseHouse) -> list[SkinDose]:
    """Return all results, the oldest first."""
    return [skin_mapping.result_from_packed(row.result) for row in rows(house)]


def exam_id(house: DoseHouse) -> UUID:
    """Return the only exam."""
    with unit_of_work(house.engine) as session:
        return session.scalars(select(ExamRow.id)).one()


def test_a_report_with_geometry_has_a_map_once_the_worker_has_come(plain: DoseHouse) -> None:
    """Not at ingest; the stored doses are those of the cells, with the peak among them."""
    plain.receive([artis_report()])
    assert rows(plain) == []
    assert work(plain) == 1
    (row,) = rows(plain)
    (result,) = results(plain)
    assert isinstance(result.peak, Estimate)
    assert row.peak_mgy == result.peak.value
    assert row.map is not None
    assert skin_mapping.doses_from_packed(row.map).max() == pytest.approx(result.peak.value, rel=1e-6)


def test_the_same_is_not_kept_twice(plain: DoseHouse) -> None:
    """Asking again changes nothing."""
    plain.receive([artis_report()])
    work(plain)
    with unit_of_work(plain.engine) as session:
        estimates.wake(session, exam_id(plain), now=plain.now)
    assert work(plain) == 1
    assert len(rows(plain)) == 1


def test_an_exam_that_changes_is_computed_anew_and_the_earlier_map_stays(plain: DoseHouse) -> None:
    """A second report brings another event, without geometry: it is left out by name."""
    plain.receive([artis_report()])
    work(plain)
    plain.wait(60)
    more = projection_rdsr_bytes(
        *observer(),
        totals(),
        event(*event_dose(), uid="2.25.3002", start="20260301103000"),
        SOPInstanceUID="2.25.9002",
        **ARTIS,
    )
    plain.receive([more])
    work(plain)
    before, after = results(plain)
    assert before.left_out == ()
    assert [one.event_uids for one in after.left_out] == [("2.25.3002",)]


def test_a_device_that_nobody_calibrated_is_refused_with_what_is_missing(plain: DoseHouse) -> None:
    """No number, and no map."""
    plain.receive([fluoroscopy_report_bytes()])
    work(plain)
    (row,) = rows(plain)
    (result,) = results(plain)
    assert isinstance(result.peak, NotComputable)
    assert result.peak.missing == ("a calibration of this device",)
    assert (row.map, row.peak_mgy) == (None, None)


def test_exams_without_projection_events_wait_for_no_map(house: DoseHouse) -> None:
    """CT has none."""
    assert work(house) == 0
    assert rows(house) == []


def test_what_was_computed_cannot_be_changed(plain: DoseHouse) -> None:
    """The database itself refuses."""
    plain.receive([artis_report()])
    work(plain)
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work(plain.engine) as session:
        session.execute(update(SkinMapRow).values(peak_mgy=1.0))
