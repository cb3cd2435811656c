"""
The second promise on a real database: however deliveries are ordered, repeated, split and interleaved, the exam is one.

The truth is known before the objects are made: three scans of one study, told of by growing reports, by one sent again
under another UID, and by image headers; beside them a fluoroscopy and an exposure of the same study.
"""

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from db.session import unit_of_work
from dose_core.contract import Envelope
from dose_core.model import Kind
from dose_services import ingest, reading
from dose_services.site import Site
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP, Study
from doseledger.demo.slices import images
from tests.builders.envelopes import header, whole
from tests.builders.every_kind import objects_of_every_kind

NOW = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
SITE = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP")
SCANS = 3
SENDERS = 3
_numbers = itertools.count()

Deliveries = list[list[int]]  # objects by number, in the order of one sender


def study(key: object) -> Study:
    one = ANNA_FOLLOW_UP.acquisitions[-1]
    scans = tuple(replace(one, ctdi_vol_mgy=float(n), protocol=f"Scan {n}") for n in range(1, SCANS + 1))
    return replace(ANNA_FOLLOW_UP, key=f"interleaved {key}", acquisitions=scans)


def objects_of(of: Study) -> list[Envelope]:
    """Return all that is sent of a study: twelve objects."""
    growing = []
    for count in range(1, SCANS + 1):
        report = dose_report(replace(of, acquisitions=of.acquisitions[:count]))
        report.SOPInstanceUID += f".{count}"
        growing.append(report)
    again = dose_report(of)
    again.SOPInstanceUID += ".9"
    slices = [image for number, image in enumerate(images(of)) if number % 20 == 1]
    others = objects_of_every_kind(of.study_instance_uid)
    return [
        *map(whole, [*growing, again]),
        *map(header, slices[:6]),
        *(
            Envelope(sop_instance_uid=f"{of.study_instance_uid}.8.{kind}", dicom=others[kind], is_header=False)
            for kind in (Kind.PROJECTION_RDSR, Kind.MAMMOGRAPHY_IMAGE)
        ),
    ]


COUNT = len(objects_of(study("count")))


@st.composite
def deliveries(draw: st.DrawFn) -> Deliveries:
    """Return what each of several senders hands in: every object once at least, some more often, in any order."""
    repeated = draw(st.lists(st.integers(0, COUNT - 1), max_size=COUNT))
    order = draw(st.permutations([*range(COUNT), *repeated]))
    senders: Deliveries = [[] for _ in range(SENDERS)]
    for number in order:
        senders[draw(st.integers(0, SENDERS - 1))].append(number)
    return senders


def hand_in(engine: Engine, objects: list[Envelope], senders: Deliveries, sizes: list[int]) -> None:
    """Hand the objects in, each sender in a thread of its own, some objects at a time."""
    ready = Barrier(len(senders))

    def send(mine: list[int], size: int) -> None:
        ready.wait()
        for start in range(0, len(mine), size):
            batch = [objects[number] for number in mine[start : start + size]]
            once = list({one.sop_instance_uid: one for one in batch}.values())
            with unit_of_work(engine) as session:
                kept = ingest.keep_objects(session, once, sender="test", received_at=NOW)
            states = reading.read_kept(partial(unit_of_work, engine), kept, now=NOW, site=SITE)
            assert {state.status for state in states} == {"read"}

    threads = [Thread(target=send, args=pair) for pair in zip(senders, sizes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def told(engine: Engine, of: Study) -> dict[str, Any]:
    """Return what counts of the study, without the ids that differ from one database to the next."""
    with engine.connect() as connection:
        find = {"uid": of.study_instance_uid}
        exam = (
            connection.execute(
                text("SELECT id, state, modality, summary FROM exam WHERE study_instance_uid = :uid"), find
            )
            .mappings()
            .one()
        )
        events = connection.execute(
            text("SELECT to_jsonb(e) - 'exam_id' FROM exam_event e WHERE exam_id = :id ORDER BY position"),
            {"id": exam["id"]},
        ).scalars()
        totals = [{**total, "value_id": None} for total in exam["summary"]["totals"]]
        content = {"state": exam["state"], "modality": exam["modality"], "totals": totals, "events": list(events)}
    plain: dict[str, Any] = json.loads(json.dumps(content).replace(of.study_instance_uid, "STUDY"))
    for number in range(1, SCANS + 1):
        plain = json.loads(json.dumps(plain).replace(of.event_uid(number), f"SCAN {number}"))
    return plain


@pytest.fixture
def expected(engine: Engine) -> dict[str, Any]:
    """What one sender in order makes of the objects, checked against the truth."""
    of = study("expected")
    hand_in(engine, objects_of(of), [list(range(COUNT))], [1])
    exam = told(engine, of)
    dlp = {(one["quantity"], one["of"]): one["value"] for one in exam["totals"]}
    assert dlp["dlp_mgy_cm", None] == pytest.approx(of.dlp_mgy_cm)
    assert [one["event_uid"] for one in exam["events"] if one["part"] == "ct"] == ["SCAN 1", "SCAN 2", "SCAN 3"]
    return exam


@settings(derandomize=True, deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(senders=deliveries(), sizes=st.lists(st.integers(1, 4), min_size=SENDERS, max_size=SENDERS))
def test_any_interleaving_gives_the_same_exam(
    engine: Engine, expected: dict[str, Any], senders: Deliveries, sizes: list[int]
) -> None:
    of = study(next(_numbers))

    hand_in(engine, objects_of(of), senders, sizes)

    assert told(engine, of) == expected
