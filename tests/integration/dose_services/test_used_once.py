"""Tests of dose_services.used_once: the same id of the same issuer counts once, in all processes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from db.session import unit_of_work
from dose_services import used_once

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def use(engine: Engine, issuer: str, value: str, *, now: datetime = NOW) -> bool:
    with unit_of_work(engine) as session:
        return used_once.use(session, issuer, value, until=now + timedelta(minutes=2), now=now)


def test_an_id_counts_once_for_each_issuer_and_again_when_it_would_be_refused_anyway(engine: Engine) -> None:
    assert [use(engine, *one) for one in (("ehr", "1"), ("ehr", "1"), ("ehr", "2"), ("eh", "r1"))] == [
        True,
        False,
        True,
        True,
    ]
    assert use(engine, "ehr", "1", now=NOW + timedelta(minutes=3))


def test_of_two_who_use_an_id_at_the_same_time_one_is_the_first(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: use(engine, "ehr", "1"), range(4))) == [False, False, False, True]
