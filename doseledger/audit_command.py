"""``doseledger audit``: whether the record of looks holds, and what stands in it."""

import csv
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker

if TYPE_CHECKING:
    from dose_core.auditing.events import AuditSource
    from dose_core.auditing.verify import Finding

app = typer.Typer(no_args_is_help=True, help="The record of looks: verify and export it.")
_FOUND = 1


class Form(StrEnum):
    """How looks are written."""

    CSV = "csv"
    DICOM = "dicom"  # an audit message of PS3.15, A.5, on each line
    FHIR = "fhir"  # an AuditEvent on each line (NDJSON)


@app.command("verify")
def verify(
    anchor: Annotated[
        str | None, typer.Option(help="Digest of an anchor that was kept elsewhere; it has to be among ours.")
    ] = None,
) -> None:
    """Tell whether any look was changed, taken out or added since it was recorded. Ends with 1 if so."""
    from dose_services import audit_anchors

    with transaction() as session:
        verdict = audit_anchors.verify_looks(session)
        is_known = anchor is None or audit_anchors.has_digest(session, anchor)
    typer.echo(f"{verdict.looks} looks in {verdict.chains} chains, {verdict.anchors} anchors")
    if verdict.last_anchor is not None:
        typer.echo(f"last anchor {verdict.last_anchor.hex()}")
    for finding in verdict.findings:
        typer.echo(_told(finding))
    if not is_known:
        typer.echo("the anchor that you named is not among these: the record was put in the place of another")
    if verdict.findings or not is_known:
        raise typer.Exit(_FOUND)
    typer.echo("all as it was recorded")


@app.command("export")
def export(
    since: Annotated[datetime | None, typer.Option(help="Looks then or later, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Looks before then, UTC.")] = None,
    form: Annotated[Form, typer.Option("--format", help="csv, dicom or fhir.")] = Form.CSV,
    out: Annotated[Path | None, typer.Option(help="File to write; standard output if none is named.")] = None,
) -> None:
    """Write looks to a file. That they were is a look itself."""
    from dose_services import audit_reading
    from dose_services.audit import Action, record_look
    from doseledger.processes import audit_source_of
    from doseledger.settings import Settings

    settings = Settings.load()
    with transaction(settings) as session, _target(out) as target:
        record_look(session, looker("audit export"), Action.EXPORT_AUDIT, now=now())
        looks = audit_reading.between(session, since=since, until=until)
        count = _WRITERS[form](target, looks, audit_source_of(settings))
    typer.echo(f"{count} looks written", err=True)


def _told(finding: "Finding") -> str:
    where = [
        f"{name} {value}"
        for name, value in (
            ("look", finding.look),
            ("chain", finding.chain),
            ("position", finding.position),
            ("anchor", finding.anchor),
        )
        if value is not None
    ]
    return f"{finding.fault}: {', '.join(where)}"


def _target(out: Path | None) -> TextIO:
    # A duplicate, so that the end of our writing does not close the standard output.
    return open(out or sys.stdout.fileno(), "w", encoding="utf-8", newline="", closefd=out is not None)


def _as_csv(target: TextIO, looks: Iterator[dict[str, Any]], _: "AuditSource") -> int:
    from dose_services.audit_reading import COLUMNS, csv_row

    rows = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(COLUMNS)
    return _count(looks, lambda look: rows.writerow(csv_row(look)))


def _as_dicom(target: TextIO, looks: Iterator[dict[str, Any]], source: "AuditSource") -> int:
    from dose_core.auditing.dicom_message import dicom_message

    return _count(looks, lambda look: target.write(_one_line(dicom_message(look, source).decode()) + "\n"))


def _as_fhir(target: TextIO, looks: Iterator[dict[str, Any]], source: "AuditSource") -> int:
    import json

    from dose_core.auditing.fhir_event import fhir_event

    return _count(looks, lambda look: target.write(json.dumps(fhir_event(look, source)) + "\n"))


def _one_line(message: str) -> str:
    return message.replace("\n", "")


def _count(looks: Iterator[dict[str, Any]], write: Callable[[Mapping[str, Any]], object]) -> int:
    count = 0
    for look in looks:
        write(look)
        count += 1
    return count


_WRITERS = {Form.CSV: _as_csv, Form.DICOM: _as_dicom, Form.FHIR: _as_fhir}
