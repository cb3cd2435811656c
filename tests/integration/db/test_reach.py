"""Tests of db.reach."""

import pytest

from db import reach
from db.reach import OldServerError, reached


def test_a_server_older_than_we_are_tested_on_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No older server can be had here, so the limit is moved above the one there is."""
    monkeypatch.setattr(reach, "_OLDEST", (99,))

    with pytest.raises(OldServerError, match="DoseLedger needs 99 or newer"), reached(database_url):
        pass


def test_a_server_that_is_new_enough_is_reached(database_url: str) -> None:
    with reached(database_url) as engine, engine.connect() as connection:
        assert not connection.closed
