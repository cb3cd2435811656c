"""``doseledger subject-report``: all that is kept of one person, and who has looked at it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from dose_core.errors import DoseError
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import Authority, Identifier, PatientId, looker, meant

Out = Annotated[
    Path | None, typer.Option(help="Write FILE.json and FILE.html, readable by you alone; without, print the JSON.")
]


class ReportFileError(DoseError):
    """The report cannot be written there."""


def subject_report(
    patient: PatientId = None, identifier: Identifier = None, authority: Authority = None, out: Out = None
) -> None:
    """
    Print all that is kept of one patient, and who has looked at it, as JSON; with --out, also as a page.

    This access is recorded too, before anything is written. A restriction does not matter here.
    """
    from dose_services.subject_report import report_json, report_on

    with transaction() as session:
        whom = meant(session, patient, identifier, authority)
        report = report_on(session, whom, looker=looker("subject-report"), now=now())
    if out is None:
        typer.echo(report_json(report))
        return
    from doseledger.subject_report_page import render

    base = out.with_suffix("") if out.suffix in {".json", ".html"} else out
    for path, content in (
        (base.with_name(f"{base.name}.json"), report_json(report)),
        (base.with_name(f"{base.name}.html"), render(report).encode()),
    ):
        _write(path, content)
        typer.echo(str(path))


def _write(path: Path, content: bytes) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}"
        raise ReportFileError(msg) from error
