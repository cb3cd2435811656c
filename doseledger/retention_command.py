"""``doseledger retention``: what is older than the site's rule says, and what must be kept all the same."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from dose_core.errors import DoseError
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import Authority, Identifier, PatientId, meant, whoever

if TYPE_CHECKING:
    from dose_core.retention.rules import Rule
    from dose_services.retention import Policy, Tally
    from doseledger.settings import Settings

app = typer.Typer(
    invoke_without_command=True,
    help="What is older than the site's rule says: list it, make it unreadable for good, or keep it by a hold.",
)
hold_app = typer.Typer(no_args_is_help=True, help="Legal holds: patients and exams that must be kept.")
app.add_typer(hold_app, name="hold")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what is due; so it is without --apply.")]
Apply = Annotated[bool, typer.Option("--apply", help="Make what is due unreadable for good.")]
Reason = Annotated[str, typer.Option(help="Why; the patient's name and identifiers are left out of what is kept.")]


class NoJurisdictionError(DoseError):
    """The site has not chosen a rule, so that everything is kept."""


class OneThingError(DoseError):
    """The options ask for two things at once."""


@app.callback()
def retention(
    context: typer.Context,
    dry_run: DryRun = False,  # noqa: FBT002 - typer makes a flag of it
    apply: Apply = False,  # noqa: FBT002 - likewise
) -> None:
    """
    Tell what is older than the site's rule says; with --apply, make it unreadable for good.

    The doses stay, without identity. What is printed names nobody. Safe to repeat, and beside live traffic.
    """
    if context.invoked_subcommand is not None:
        return
    if dry_run and apply:
        raise OneThingError("--dry-run and --apply exclude each other")
    from doseledger.settings import Settings

    settings = Settings.load()
    rule = _rule_of(settings)
    typer.echo(f"rule {rule.name}: {rule.source}")
    policy = _policy(settings, rule)
    for line in _apply(settings, policy) if apply else _survey(settings, policy):
        typer.echo(line)


@hold_app.command("add")
def add_hold(
    reason: Reason,
    patient: PatientId = None,
    identifier: Identifier = None,
    authority: Authority = None,
    exam: Annotated[UUID | None, typer.Option(help="Our id of one exam.")] = None,
) -> None:
    """Keep a patient, or one exam, whatever the rule says."""
    from dose_services import legal_holds

    with transaction() as session:
        if exam is not None:
            if patient is not None or identifier is not None:
                raise OneThingError("name a patient or an exam")
            hold = legal_holds.hold_exam(session, exam, reason=reason, by=whoever(), now=now())
        else:
            whom = meant(session, patient, identifier, authority)
            hold = legal_holds.hold_patient(session, whom, reason=reason, by=whoever(), now=now())
    typer.echo(f"hold {hold.number} is in force")


@hold_app.command("list")
def list_holds() -> None:
    """List the holds in force: number, patient or exam, since when, by whom, why."""
    from dose_services import legal_holds

    with transaction() as session:
        for hold in legal_holds.in_force(session):
            what = f"patient {hold.patient_id}" if hold.patient_id else f"exam {hold.exam_id}"
            typer.echo("\t".join((str(hold.number), what, f"{hold.set_at:%Y-%m-%d}", hold.set_by, hold.reason)))


@hold_app.command("remove")
def remove_hold(number: int, reason: Reason) -> None:
    """Lift a hold; it stays on record, with who lifted it and why."""
    from dose_services import legal_holds

    with transaction() as session:
        legal_holds.lift(session, number, reason=reason, by=whoever(), now=now())
    typer.echo(f"hold {number} is lifted")


def _rule_of(settings: "Settings") -> "Rule":
    from dose_core.retention.rules import rule_of

    if settings.retention_jurisdiction is None:
        raise NoJurisdictionError("everything is kept: the setting retention_jurisdiction names no jurisdiction")
    today = now().astimezone(ZoneInfo(settings.site_timezone)).date()
    return rule_of(settings.retention_jurisdiction, today=today)


def _policy(settings: "Settings", rule: "Rule") -> "Policy":
    from dose_services.retention import Policy

    hl7_keep = timedelta(days=settings.hl7_keep_days)
    return Policy(rule=rule, zone=ZoneInfo(settings.site_timezone), hl7_keep=hl7_keep)


def _survey(settings: "Settings", policy: "Policy") -> Iterator[str]:
    from dose_services.retention import survey

    with transaction(settings) as session:
        yield from _told(survey(session, policy, now=now()))
    yield "nothing was changed; --apply makes what is due unreadable for good"


def _apply(settings: "Settings", policy: "Policy") -> Iterator[str]:
    from db.repositories.erasures import sweep
    from db.session import make_engine, unit_of_work
    from dose_services.retention import expire

    engine = make_engine(settings.database_url.get_secret_value(), pool_size=2)
    shown = _shown if sys.stderr.isatty() else _nothing
    done = expire(partial(unit_of_work, engine), policy, by=whoever(), now=now(), told=shown)
    sweep(engine)
    yield from _told(done)
    yield "what was due is unreadable now; see the table retention_event"


def _told(tally: "Tally") -> Iterator[str]:
    days = f", of {tally.first_on} to {tally.last_on}" if tally.first_on else ""
    yield f"exams: {tally.exams}{days}"
    yield f"patients: {tally.patients}"
    yield f"objects that belong to no exam: {tally.objects}"
    yield f"HL7 messages: {tally.messages}"
    yield f"exams that a hold or a restriction keeps: {tally.held}"
    if tally.changed_meanwhile:
        yield f"patients that were being changed, left for the next time: {tally.changed_meanwhile}"


def _shown(tally: "Tally") -> None:
    typer.echo(f"\r{tally.exams} exams, {tally.patients} patients", nl=False, err=True)


def _nothing(tally: "Tally") -> None:
    """Show no progress."""
