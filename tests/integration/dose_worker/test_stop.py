"""A worker that is told to stop ends soon, also while the database is away."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from db.migrate import upgrade
from db.session import make_engine
from tests.support.postgres import chosen_bin_dir, running_server
from tests.support.until import until
from tests.support.worker_process import WorkerProcess

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SOON_S = 25.0


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[WorkerProcess]:
    """A worker at work whose database is gone."""
    with running_server(chosen_bin_dir()) as server:
        url = server.url("postgres")
        engine = make_engine(url)
        upgrade(engine)
        made = WorkerProcess(
            log=tmp_path / "worker.log", settings={"database_url": url, "software_version": "0.1.0", "quiet_time_s": 1}
        )
        made.start()

        def is_at_work() -> bool:
            with engine.connect() as connection:
                return bool(connection.execute(text("SELECT count(*) FROM procrastinate_workers")).scalar_one())

        until(is_at_work, within_s=60, what="the worker")
        engine.dispose()
    yield made
    if made.is_running:
        made.kill()


@pytest.mark.parametrize("later_s", [0.0, 5.0])
def test_it_ends_soon_without_its_database(worker: WorkerProcess, later_s: float) -> None:
    time.sleep(later_s)
    told_at = time.monotonic()

    worker.stop()

    assert time.monotonic() - told_at < SOON_S
