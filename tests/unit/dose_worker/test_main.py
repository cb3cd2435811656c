"""Tests of dose_worker.main without a database."""

import logging
import os
import signal
import threading
from zoneinfo import ZoneInfo

import pytest
from psycopg_pool import AsyncConnectionPool

from dose_services.site import Site
from dose_worker import main
from dose_worker.settings import WorkerSettings


class TestRun:
    def test_waits_for_a_database_that_is_away_from_the_start_on(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(AsyncConnectionPool.open, "__defaults__", (False, 0.2))  # wait, and 30 s as it comes
        caplog.set_level(logging.WARNING, logger="dose_worker.main")
        settings = WorkerSettings(database_url="postgresql://dose@127.0.0.1:1/dose", software_version="0.1.0")
        site = Site(timezone=ZoneInfo("Europe/Stockholm"), default_authority="HOSP")
        stop = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGTERM))
        stop.start()

        try:
            main.run(settings, site)
        finally:
            stop.cancel()  # the signal must not meet the tests after this one

        assert "the database does not answer; waiting for it" in caplog.text
