"""``doseledger read``: what DICOM files state about dose, one JSON line per file, no database."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from dose_core.errors import DoseError

Files = Annotated[list[Path], typer.Argument(metavar="FILE", help="DICOM files, with or without pixel data.")]
Origins = Annotated[
    bool, typer.Option("--origins", help="Add 'stated': of each value its path in the object, its text and unit there.")
]


class OutputError(DoseError):
    """What was read cannot be printed."""


def read(files: Files, origins: Origins = False) -> None:  # noqa: FBT002  typer makes a flag of it
    """
    Print what each file states about dose, as one JSON line per file; touches no database.

    Ends with 1 if a file could not be opened, whatever the others hold.
    """
    is_open_to_us = True
    for file in files:
        try:
            dicom = load(file)
        except OSError as error:
            is_open_to_us = False
            what = "it is a folder; name the files in it" if isinstance(error, IsADirectoryError) else error.strerror
            line = _without_report(file, "unreadable", f"the file cannot be opened: {what}")
        else:
            line = line_of(file, dicom, with_origins=origins)
        _print(line)
    if not is_open_to_us:
        raise typer.Exit(1)


def _print(line: str) -> None:
    try:
        typer.echo(line)
    except BrokenPipeError:  # whoever reads the lines has seen enough
        raise
    except OSError as error:
        msg = f"the lines cannot be written: {error.strerror}"
        raise OutputError(msg) from error


def line_of(file: Path, dicom: bytes, *, with_origins: bool = False) -> str:
    """Return the line of one file; whatever the file holds, there is one."""
    from dose_core.readers.errors import NotDoseError, UnreadableError
    from dose_core.readers.registry import read_dose
    from dose_core.readers.report_line import report_line
    from dose_services.installed_readers import installed_readers

    try:
        report = read_dose(dicom, more_readers=installed_readers().readers)
        return _json({"file": str(file), "status": "read", **report_line(report, with_origins=with_origins)})
    except NotDoseError as reason:
        return _without_report(file, "not_dose", str(reason))
    except UnreadableError as reason:
        return _without_report(file, "unreadable", str(reason))
    except Exception as bug:  # noqa: BLE001 - one line per file is promised; the line says that this is a bug
        return _without_report(file, "unreadable", f"a bug in DoseLedger, please report it: {type(bug).__name__}")


def load(file: Path) -> bytes:
    """Return the header of a file: pixel data follow it and are not needed, so no more is ever loaded."""
    from dose_core.readers.dicom.elements import MAX_HEADER_BYTES

    with file.open("rb") as stream:
        return stream.read(MAX_HEADER_BYTES + 1)  # the one byte tells that there is more


def _without_report(file: Path, status: str, reason: str) -> str:
    return _json({"file": str(file), "status": status, "reason": reason})


def _json(line: dict[str, Any]) -> str:
    # ASCII only, so that no locale and no file name can break a line; and JSON knows no NaN.
    return json.dumps(line, allow_nan=False)


if __name__ == "__main__":
    typer.run(read)
