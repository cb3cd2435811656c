"""The data folder of ``doseledger up`` as the first release left it."""

from pathlib import Path

from db.embedded import EmbeddedPostgres
from db.migrate import upgrade
from db.session import make_engine
from tests.builders import first_release
from tests.support.postgres import free_port


def fill_folder(folder: Path) -> None:
    """Make the folder with a database at the first release's revision and its rows; nothing runs there afterwards."""
    with EmbeddedPostgres(folder, port=free_port()) as server:
        engine = make_engine(server.url)
        upgrade(engine, first_release.REVISION)
        first_release.fill(server.url)
        engine.dispose()
