"""Tests of dose_worker.jobs: which tasks there are, without a database."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dose_core.writers.devices import Recorder
from dose_services.site import Site
from dose_worker.jobs import Workplace, make_app

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


def test_without_an_archive_nothing_is_sent() -> None:
    app = make_app("postgresql://nobody@127.0.0.1:1/none", Workplace(**PLACE), poll_s=1)

    assert not {"publish", "dispatch"} & set(app.tasks)
