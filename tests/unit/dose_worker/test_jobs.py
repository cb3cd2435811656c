"""Tests of dose_worker.jobs: which tasks there are, without a database."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from db.session import make_engine
from dose_core.retention.rules import Jurisdiction
from dose_core.writers.devices import Recorder
from dose_services.site import Site
from dose_worker.expiry import Expiry
from dose_worker.jobs import Workplace, make_app
from tests.support.fake_ct_images import FakeCtImages

PLACE: dict[str, Any] = {
    "unit_of_work": nullcontext,
    "archive": None,
    "clock": lambda: datetime(2026, 3, 1, tzinfo=UTC),
    "recorder": Recorder(serial_number="DL-TEST", software_version="0.1.0"),
    "site": Site(timezone=ZoneInfo("Europe/Stockholm"), default_authority="HOSP"),
}


def test_devices_are_looked_after_every_ten_minutes() -> None:
    app = make_app("postgresql://nobody@127.0.0.1:1/none", Workplace(**PLACE), poll_s=1)

    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons["watch"] == "*/10 * * * *"


def test_without_a_rule_of_the_site_nothing_expires_and_with_one_once_a_day() -> None:
    expiry = Expiry(
        jurisdiction=Jurisdiction.DE,
        zone=ZoneInfo("Europe/Berlin"),
        hl7_keep=timedelta(days=365),
        engine=make_engine("postgresql://nobody@127.0.0.1:1/none"),
    )
    without, having = (
        make_app("postgresql://nobody@127.0.0.1:1/none", Workplace(**PLACE, expiry=one), poll_s=1)
        for one in (None, expiry)
    )

    assert "expire" not in without.tasks
    crons = {task.task.name: task.cron for task in having.periodic_registry.periodic_tasks.values()}
    assert crons["expire"] == "7 2 * * *"


def test_without_an_archive_nothing_is_sent() -> None:
    app = make_app("postgresql://nobody@127.0.0.1:1/none", Workplace(**PLACE), poll_s=1)

    assert not {"publish", "dispatch"} & set(app.tasks)


def test_images_are_measured_only_where_a_site_wants_it() -> None:
    without = make_app("postgresql://nobody@127.0.0.1:1/none", Workplace(**PLACE), poll_s=1)
    wanted = make_app("postgresql://nobody@127.0.0.1:1/none", Workplace(**PLACE, images=FakeCtImages()), poll_s=1)

    assert "measure" not in without.tasks
    assert "measure" in wanted.tasks
