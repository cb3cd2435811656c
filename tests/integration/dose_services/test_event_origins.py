"""Tests of dose_services.event_origins."""

from dataclasses import replace
from datetime import UTC, datetime
from time import process_time

from sqlalchemy import Engine

from db.repositories import statements
from db.session import unit_of_work
from dose_core.ledger.exam_of import exam_of
from dose_core.model import CtReport, StatedValue
from dose_services.event_origins import origins_of, speaking_of
from dose_services.ingest import keep_objects
from dose_services.value_ids import placed_events
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.ct_image_enhanced import enhanced_ct_bytes, exposed, frame
from tests.builders.envelopes import whole
from tests.builders.sr import Item
from tests.builders.statements import STUDY, event, report
from tests.support.read_as import read_as

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENTS, VALUES = 3000, 8


class TestTheOriginOfAReportsValues:
    def test_is_found_for_each_of_thousands_of_events_in_no_more_than_their_number_of_steps(
        self, engine: Engine
    ) -> None:
        stated = tuple(
            StatedValue(field=f"events[{n}].value_{v}", path=f"1.{n}.{v}", text=str(n), unit=None)
            for n in range(EVENTS)
            for v in range(VALUES)
        )
        made = report(1, *(event(n) for n in range(EVENTS))).report
        with unit_of_work(engine) as session:
            (kept,) = keep_objects(session, [whole(dose_report(ANNA_CHEST))], sender="system:test", received_at=NOW)
            statements.add(
                session, [(kept.evidence_id, replace(made, stated=stated))], site="", reader_version="1", stated_at=NOW
            )
            exam = exam_of(STUDY, [one.statement for one in statements.of_study(session, "", STUDY)])
            began = process_time()

            found = origins_of(speaking_of(session, exam), exam)

            seconds = process_time() - began
        assert [place.path for place in found["ct.events[2999]"].stated] == [f"1.2999.{v}" for v in range(VALUES)]
        assert found["ct.events[2999]"].stated[0].field == "value_0"
        # One look through all values for each event would be 72 million.
        assert seconds < 2.5


class TestTheOriginOfAnEnhancedImagesValues:
    """One enhanced image states the slices of several events, one after the other."""

    def test_is_the_first_slice_of_each_event(self, engine: Engine) -> None:
        frames = [_scan(z_mm=5.0 * n, event_uid="2.25.91", ctdi_vol_mgy=8.0) for n in range(3)]
        frames += [_scan(z_mm=500.0 + 5.0 * n, event_uid="2.25.92", ctdi_vol_mgy=4.0) for n in range(3)]

        assert _doses_shown(engine, frames) == {
            "2.25.91": ("8.0", "(5200,9230)[1].(0018,9321)[1].(0018,9345)"),
            "2.25.92": ("4.0", "(5200,9230)[4].(0018,9321)[1].(0018,9345)"),
        }

    def test_is_the_first_slice_of_each_acquisition_where_no_event_is_named(self, engine: Engine) -> None:
        frames = [_scan(z_mm=5.0 * n, acquisition=2, ctdi_vol_mgy=8.0) for n in range(3)]
        frames += [_scan(z_mm=500.0 + 5.0 * n, acquisition=3, ctdi_vol_mgy=4.0) for n in range(3)]

        assert sorted(_doses_shown(engine, frames).values()) == [
            ("4.0", "(5200,9230)[4].(0018,9321)[1].(0018,9345)"),
            ("8.0", "(5200,9230)[1].(0018,9321)[1].(0018,9345)"),
        ]

    def test_is_no_slice_that_is_not_counted(self, engine: Engine) -> None:
        """A frame made from two events comes first: it speaks for neither."""
        both = _scan(z_mm=0.0, event_uid="2.25.91\\2.25.92", ctdi_vol_mgy=6.0)
        frames = [both, *(_scan(z_mm=5.0 * n, event_uid="2.25.92", ctdi_vol_mgy=4.0) for n in range(3))]

        assert _doses_shown(engine, frames) == {"2.25.92": ("4.0", "(5200,9230)[2].(0018,9321)[1].(0018,9345)")}


def _scan(*, z_mm: float, ctdi_vol_mgy: float, event_uid: str | None = None, acquisition: int = 1) -> Item:
    named: Item = {}
    if event_uid:
        named["IrradiationEventIdentificationSequence"] = [{"IrradiationEventUID": event_uid}]
    exposure: Item = {"CTExposureSequence": [{"CTDIvol": ctdi_vol_mgy}]}
    return frame(z_mm, acquisition=acquisition, **exposure, **named)


def _doses_shown(engine: Engine, frames: list[Item]) -> dict[str, tuple[str, str]]:
    """Return, for each event of the exam that one enhanced image makes, the dose shown: its text and place."""
    shared = exposed(IrradiationEventIdentificationSequence=None, CTExposureSequence=None)
    made = read_as(CtReport, enhanced_ct_bytes(frames, shared))
    study = str(made.study_instance_uid)
    with unit_of_work(engine) as session:
        (kept,) = keep_objects(session, [whole(dose_report(ANNA_CHEST))], sender="system:test", received_at=NOW)
        statements.add(session, [(kept.evidence_id, made)], site="", reader_version="1", stated_at=NOW)
        exam = exam_of(study, [one.statement for one in statements.of_study(session, "", study)])
        found = origins_of(speaking_of(session, exam), exam)
    return {
        one.event.event_uid: next(
            (value.text, value.path) for value in found[one.field].stated if value.field == "ctdi_vol_mgy"
        )
        for one in placed_events(exam)
    }
