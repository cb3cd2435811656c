"""``doseledger read``: what DICOM files state about dose, one JSON line per file, no database."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from dose_core.readers.elements import MAX_HEADER_BYTES
from dose_core.readers.errors import NotDoseError, UnreadableError
from dose_core.readers.registry import read_dose
from dose_core.readers.report_line import report_line

# Pixel data follow the header and are not needed, so that no more than the header is ever loaded.
_BYTES_TO_LOAD = MAX_HEADER_BYTES + 1

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="DICOM files, with or without pixel data.")]


def read(files: Files) -> None:
    """Print what each file states about dose, as one JSON line per file; touches no database."""
    for file in files:
        # ASCII only, so that no locale and no file name can break a line.
        typer.echo(json.dumps(line_of(file)))


def line_of(file: Path) -> dict[str, Any]:
    """Return the line of one file; whatever the file holds, there is a line."""
    try:
        with file.open("rb") as stream:
            report = read_dose(stream.read(_BYTES_TO_LOAD))
    except NotDoseError as reason:
        return _without_report(file, "not_dose", str(reason))
    except UnreadableError as reason:
        return _without_report(file, "unreadable", str(reason))
    except OSError as error:
        return _without_report(file, "unreadable", f"the file cannot be opened: {error.strerror}")
    except Exception as bug:  # noqa: BLE001 - one line per file is promised; the line says that this is a bug
        return _without_report(file, "unreadable", f"a bug in DoseLedger, please report it: {type(bug).__name__}")
    return {"file": str(file), "status": "read", **report_line(report)}


def _without_report(file: Path, status: str, reason: str) -> dict[str, Any]:
    return {"file": str(file), "status": status, "reason": reason}


if __name__ == "__main__":
    typer.run(read)
