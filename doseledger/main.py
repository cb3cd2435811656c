"""The command line. A process is imported when it starts, so that a command does not load all rooms."""

import os
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated

import typer

from dose_core.errors import DoseError
from doseledger import (
    access_commands,
    audit_command,
    client_commands,
    db_commands,
    device_commands,
    forward_command,
    launch_command,
    outbound_command,
    pacs_command,
    patient_command,
    plugin_command,
    publications_command,
    report_sentence_command,
    restriction_command,
    retention_command,
    sql_command,
    token_commands,
    user_commands,
)
from doseledger.backfill_command import backfill
from doseledger.estimates_command import estimates
from doseledger.explain_command import explain
from doseledger.history_command import import_history
from doseledger.orders_command import list_orders
from doseledger.patient_dose_command import patient_dose
from doseledger.placeholders_command import list_placeholders
from doseledger.prefix import PREFIX
from doseledger.read_command import read
from doseledger.replay_command import replay
from doseledger.subject_report_command import subject_report

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a rich traceback prints local variables, and those may hold patient data
    help="Radiation dose in the PACS and RIS: evidence kept, counted once, every number explained.",
)
config_app = typer.Typer(no_args_is_help=True, help="Settings.")
app.add_typer(access_commands.grant_app, name="grant")
app.add_typer(access_commands.organisation_app, name="organisation")
app.add_typer(access_commands.role_app, name="role")
app.add_typer(audit_command.app, name="audit")
app.add_typer(config_app, name="config")
app.add_typer(client_commands.app, name="client")
app.add_typer(db_commands.app, name="db")
app.add_typer(device_commands.app, name="device")
app.add_typer(forward_command.app, name="forward")
app.add_typer(launch_command.app, name="launch")
app.add_typer(outbound_command.app, name="outbound")
app.add_typer(pacs_command.app, name="pacs")
app.add_typer(patient_command.app, name="patient")
app.add_typer(publications_command.app, name="publications")
app.add_typer(report_sentence_command.app, name="report-sentence")
app.add_typer(restriction_command.app, name="restriction")
app.add_typer(retention_command.app, name="retention")
app.add_typer(sql_command.app, name="sql")
app.add_typer(token_commands.app, name="token")
app.add_typer(user_commands.app, name="user")
app.command("read")(read)
app.command("backfill")(backfill)
app.command("estimates")(estimates)
app.command("explain")(explain)
app.command("orders")(list_orders)
app.command("patient-dose")(patient_dose)
app.command("placeholders")(list_placeholders)
app.command("replay")(replay)
app.command("subject-report")(subject_report)
app.command("import-history")(import_history)
app.command("plugin-config")(plugin_command.plugin_config)


def _tell_version(asked: bool) -> None:  # noqa: FBT001  typer calls it with the value of --version
    if asked:
        typer.echo(f"doseledger {version_of('doseledger')}")
        raise typer.Exit


@app.callback()
def configured(
    config: Annotated[Path | None, typer.Option(help="Settings file (TOML); the environment wins over it.")] = None,
    version: Annotated[  # noqa: ARG001, FBT002  its callback answers; nobody passes it by position
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version and exit.")
    ] = False,
) -> None:
    """Name the settings file for whatever follows."""
    if config is not None:
        os.environ[f"{PREFIX}CONFIG"] = str(config)


@app.command()
def up(
    data_dir: Annotated[Path, typer.Option(help="Folder for the database, secrets and logs; made if missing.")],
    port_base: Annotated[int, typer.Option(min=1024, max=65500, help="Service on this port, HL7 on the next.")] = 8700,
) -> None:
    """Run all processes in the foreground, with a database of their own; one JSON line tells when they answer."""
    from doseledger.up import up as run_all

    run_all(data_dir, port_base)


@app.command()
def api() -> None:
    """Serve REST and pages until SIGTERM."""
    from doseledger.processes import run_api

    run_api()


@app.command()
def hl7() -> None:
    """Listen for HL7 messages until SIGTERM."""
    from doseledger.processes import run_hl7

    run_hl7()


@app.command()
def worker() -> None:
    """Do background work until SIGTERM."""
    from doseledger.processes import run_worker

    run_worker()


@config_app.command("check")
def config_check() -> None:
    """Check all settings and explain what is wrong; prints no secret."""
    from doseledger.settings import Settings

    settings = Settings.load()
    for name, value in settings:
        typer.echo(f"{name} = {value}")
    typer.echo("The settings hold.")


def main() -> None:
    """Run a command; what was foreseen is told without a traceback, one line for each thing that is wrong."""
    try:
        app()
    except DoseError as error:
        typer.echo(f"doseledger: {error}", err=True)
        raise SystemExit(1) from error
    except Exception as error:
        told = _outage_told(error)
        if told is None:
            raise
        typer.echo(f"doseledger: {told}", err=True)  # the error's own text is of many lines and names no setting
        raise SystemExit(1) from error


def _outage_told(error: Exception) -> str | None:
    """Return what to do about a database that cannot be asked now; ``None`` for any other error."""
    from db.outage import Outage, outage_of

    return {
        None: None,
        Outage.AWAY: "the database does not answer: see that it runs, and that "
        f"{PREFIX}DATABASE_URL has its address and password",
        Outage.FULL: "the disk of the database is full, and nothing was changed: make room there, then try again",
        Outage.BUSY: "the database gave this up in favour of other work, and nothing was changed: try again",
    }[outage_of(error)]
