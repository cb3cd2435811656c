"""Tests of dose_services.provenance."""

from dataclasses import replace
from datetime import UTC, datetime
from time import process_time

from sqlalchemy import Engine

from db.repositories import statements
from db.session import unit_of_work
from dose_core.ledger.reconcile import reconcile_ct
from dose_core.model import StatedValue
from dose_services import provenance
from dose_services.ingest import keep_objects
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.envelopes import whole
from tests.builders.statements import STUDY, event, report

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
                session, [(kept.evidence_id, replace(made, stated=stated))], reader_version="1", stated_at=NOW
            )
            exam = reconcile_ct(STUDY, statements.of_study(session, STUDY))
            began = process_time()

            found = provenance.of_exam(session, exam)

            seconds = process_time() - began
        assert [place.path for place in found.events[f"{STUDY}.7.2999"].stated] == [
            f"1.2999.{v}" for v in range(VALUES)
        ]
        assert found.events[f"{STUDY}.7.2999"].stated[0].field == "value_0"
        # One look through all values for each event would be 72 million.
        assert seconds < 2.5
