"""Tests of dose_worker.jobs: which tasks there are, without a database."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from db.session import make_engine
from dose_core.retention.rules import Jurisdiction
from dose_core.writers.devices import Recorder
from dose_services.publication_sending import Due
from dose_services.site import Site
from dose_worker.expiry import Expiry
from dose_worker.jobs import Workplace, job_of, make_app
from tests.support.fake_ct_images import FakeCtImages

PLACE: dict[str, Any] = {
    "unit_of_work": nullcontext,
    "archive_of": lambda _: None,
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


def test_what_is_for_an_archive_is_looked_after_also_where_the_worker_knows_none() -> None:
    """Which archives there are is told while it runs."""
    app = make_app("postgresql://nobody@127.0.0.1:1/none", Workplace(**PLACE), poll_s=1)

    assert {"publish", "dispatch"} <= set(app.tasks)


def test_a_pacs_gets_one_object_at_a_time_and_an_exam_of_orthanc_likewise() -> None:
    due = Due(publication_id=uuid4(), exam_id=uuid4(), destination="orthanc", is_withdrawal=False)

    assert job_of(due, "publish").lock == f"exam {due.exam_id}"
    assert job_of(replace(due, destination="PACS"), "publish").lock == "destination PACS"


def test_images_are_measured_only_where_a_site_wants_it() -> None:
    without = make_app("postgresql://nobody@127.0.0.1:1/none", Workplace(**PLACE), poll_s=1)
    wanted = make_app("postgresql://nobody@127.0.0.1:1/none", Workplace(**PLACE, images=FakeCtImages()), poll_s=1)

    assert "measure" not in without.tasks
    assert "measure" in wanted.tasks
