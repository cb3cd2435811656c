"""Tests of dose_worker.expiry on a real PostgreSQL: what expires by itself, and what does not."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine

from db.session import unit_of_work
from dose_core.retention.rules import Jurisdiction
from dose_services import legal_holds
from dose_worker.expiry import Expiry
from tests.support.kept_patient import IN_TEN_YEARS, KeptPatient

EXPIRED = "SELECT count(*) FROM exam WHERE expired_at IS NOT NULL"


@pytest.fixture
def kept(engine: Engine) -> KeptPatient:
    """A house with an exam, whose rule says ten years."""
    made = KeptPatient(engine=engine)
    made.receive(1)
    return made


@pytest.fixture
def expiry(kept: KeptPatient) -> Expiry:
    policy = kept.policy
    return Expiry(jurisdiction=Jurisdiction.DE, zone=policy.zone, hl7_keep=timedelta(days=365), engine=kept.engine)


def expired(kept: KeptPatient) -> int:
    ((count,),) = kept.rows(EXPIRED)
    return int(count)


def test_what_is_older_than_the_rule_says_expires_and_nothing_before(kept: KeptPatient, expiry: Expiry) -> None:
    work = partial(unit_of_work, kept.engine)
    expiry.run(work, now=kept.house.now)
    before = expired(kept)
    expiry.run(work, now=IN_TEN_YEARS)

    assert (before, expired(kept)) == (0, 1)
    assert set(kept.rows("SELECT DISTINCT by FROM retention_event")) == {("worker:retention",)}


def test_a_hold_keeps_what_it_keeps(kept: KeptPatient, expiry: Expiry) -> None:
    patient_id, now = kept.patient().id, kept.house.now
    with unit_of_work(kept.engine) as session:
        legal_holds.hold_patient(session, patient_id, reason="a claim", by="ada", now=now)
    expiry.run(partial(unit_of_work, kept.engine), now=IN_TEN_YEARS)

    assert expired(kept) == 0


def test_the_end_of_the_worker_cuts_it_short_in_order(kept: KeptPatient, expiry: Expiry) -> None:
    work = partial(unit_of_work, kept.engine)
    replace(expiry, is_stopping=lambda: True).run(work, now=IN_TEN_YEARS)
    expiry.run(work, now=IN_TEN_YEARS)

    assert expired(kept) == 1
