"""The database as a command reaches it; imported when one runs, so that ``doseledger --help`` stays quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from db.session import Session
    from doseledger.settings import Settings


def transaction(settings: Settings | None = None) -> AbstractContextManager[Session]:
    """
    Return a unit of work on the database that the settings name; without settings only its address is asked for.

    Raises:
        SettingsError: no database is named.
    """
    from db.session import make_engine, unit_of_work
    from doseledger.settings import database_url

    url = settings.database_url.get_secret_value() if settings else database_url()
    return unit_of_work(make_engine(url))
