"""``doseledger outbound``: which systems get results of exams, and what became of each message."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from dose_core.hl7.observations import DapUnit
from dose_core.hl7.telling import QueueState
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.outbound_form import (
    Codes,
    LinkAddress,
    LinkType,
    Quantities,
    Sentence,
    SentenceType,
    TellMerged,
    fields_of,
)
from doseledger.place_form import Host, Port, ServerName, Timeout, Tls, moved
from doseledger.resting import SetActive, add_resting
from doseledger.who import looker

app = typer.Typer(no_args_is_help=True, help="Results for other systems: who gets them, what waits, what was refused.")

Comment = Annotated[str, typer.Option(help="Why; names and numbers of the patient are left out of what is kept.")]
_LIMIT = 500


@app.command("add")
def add(  # noqa: PLR0913  a destination has this many properties, and each is an option
    name: str,
    *,
    host: Annotated[str, typer.Option(help="Where it listens for HL7 (MLLP).")],
    port: Annotated[int, typer.Option(min=1, max=65535)],
    receiving_application: Annotated[str, typer.Option(help="MSH-5.")],
    receiving_facility: Annotated[str, typer.Option(help="MSH-6.")] = "",
    sending_application: Annotated[str, typer.Option(help="MSH-3.")] = "DOSELEDGER",
    sending_facility: Annotated[str, typer.Option(help="MSH-4.")] = "",
    processing_id: Annotated[str, typer.Option(help="MSH-11: P, or T or D for a test system.")] = "P",
    modality: Annotated[list[str] | None, typer.Option(help="Exams of this one; may repeat. None: of all.")] = None,
    since: Annotated[
        datetime | None, typer.Option(help="Exams known since then, UTC. None: from now on.", formats=["%Y-%m-%d"])
    ] = None,
    quiet_s: Annotated[int, typer.Option(help="Seconds without new objects before an exam is told.")] = 300,
    strict: Annotated[bool, typer.Option("--strict", help="Nothing passes a message that was refused.")] = False,
    authority: Annotated[str | None, typer.Option(help="Whose patient identifiers stand first in PID-3.")] = None,
    accession_field: Annotated[int, typer.Option(help="OBR field of the accession number: 18 or 20.")] = 18,
    dap_unit: Annotated[DapUnit, typer.Option(help="Unit of dose-area products (UCUM).")] = DapUnit.GY_M2,
    quantity: Quantities = None,
    code: Codes = None,
    sentence: Sentence = None,
    sentence_type: SentenceType = None,
    link: LinkAddress = None,
    link_type: LinkType = None,
    tell_merged: TellMerged = None,
    answer_timeout_s: Annotated[int, typer.Option(help="Seconds to wait for an answer.")] = 30,
    tls: Annotated[bool, typer.Option("--tls", help="Encrypt, and check its certificate.")] = False,
    server_name: Annotated[str | None, typer.Option(help="Name in its certificate, if not the host.")] = None,
    ca_file: Annotated[str | None, typer.Option(help="PEM file of the authorities that may sign it.")] = None,
    certificate_file: Annotated[str | None, typer.Option(help="PEM file of our certificate.")] = None,
    key_file: Annotated[str | None, typer.Option(help="PEM file of its key, if that is another.")] = None,
) -> None:
    """Make a system known that gets results of exams."""
    from dose_services import outbound_destinations
    from dose_services.outbound_values import Endpoint, Form, Rule

    at = now()
    endpoint = Endpoint(
        host=host,
        port=port,
        answer_timeout_s=answer_timeout_s,
        uses_tls=tls,
        server_name=server_name,
        ca_file=ca_file,
        certificate_file=certificate_file,
        key_file=key_file,
    )
    rule = Rule(
        exams_since=since.replace(tzinfo=UTC) if since else at,
        modalities=tuple(modality or ()),
        quiet_s=quiet_s,
        is_strict=strict,
    )
    form = Form(
        receiving_application=receiving_application,
        receiving_facility=receiving_facility,
        sending_application=sending_application,
        sending_facility=sending_facility,
        processing_id=processing_id,
        authority=authority,
        accession_field=accession_field,
        dap_unit=dap_unit,
        **fields_of(
            quantity=quantity,
            code=code,
            sentence=sentence,
            sentence_type=sentence_type,
            link=link,
            link_type=link_type,
            tell_merged=tell_merged,
        ),
    )
    with transaction() as session:
        outbound_destinations.add_destination(
            session, name, endpoint, rule, form, looker=looker("outbound add"), now=at
        )
    typer.echo(f"{name} gets results of exams known since {rule.exams_since:%Y-%m-%d %H:%M} UTC")


@app.command("change")
def change(  # noqa: PLR0913  likewise
    name: str,
    *,
    quantity: Quantities = None,
    code: Codes = None,
    sentence: Sentence = None,
    sentence_type: SentenceType = None,
    link: LinkAddress = None,
    link_type: LinkType = None,
    tell_merged: TellMerged = None,
    dap_unit: Annotated[DapUnit | None, typer.Option(help="Unit of dose-area products (UCUM).")] = None,
) -> None:
    """Say what a destination gets from now on; what is not named stays, and so does what was sent."""
    from dose_services import outbound_destinations

    changes = fields_of(
        quantity=quantity,
        code=code,
        sentence=sentence,
        sentence_type=sentence_type,
        link=link,
        link_type=link_type,
        tell_merged=tell_merged,
    )
    if dap_unit is not None:
        changes["dap_unit"] = dap_unit
    with transaction() as session:
        outbound_destinations.change_form(session, name, changes, looker=looker("outbound change"), now=now())
    typer.echo(f"{name} gets results otherwise from now on: {', '.join(sorted(changes))}")


@app.command("list")
def list_destinations() -> None:
    """List the destinations: name, address, whether it rests, how many messages are queued, withheld, parked, sent."""
    from dose_services import outbound_destinations

    with transaction() as session:
        for one in outbound_destinations.destinations(session):
            state = "active" if one.is_active else "rests"
            numbers = f"queued {one.queued}\twithheld {one.withheld}\tparked {one.parked}\tsent {one.sent}"
            typer.echo(f"{one.name}\t{one.endpoint.host}:{one.endpoint.port}\t{state}\t{numbers}")


@app.command("move")
def move(
    name: str,
    *,
    host: Host = None,
    port: Port = None,
    tls: Tls = None,
    server_name: ServerName = None,
    timeout_s: Timeout = None,
) -> None:
    """Say where a destination is from now on; what is not named stays."""
    from dose_services import destination_places

    receiver = {"host": host, "port": port, "uses_tls": tls, "server_name": server_name, "timeout_s": timeout_s}
    moved(name, "outbound", destination_places.move_receiver, **receiver)


@app.command("queue")
def queue(
    destination: Annotated[str | None, typer.Option(help="Messages for this one only.")] = None,
    state: Annotated[list[QueueState] | None, typer.Option(help="May repeat; those that wait, if none.")] = None,
    after: Annotated[int, typer.Option(help="Number of the last message of the page before.")] = 0,
) -> None:
    """List messages in their order: number, destination, kind, state, exam, attempts, next attempt, problem."""
    from dose_services import outbound_desk

    states = tuple(state or (QueueState.QUEUED, QueueState.WITHHELD, QueueState.PARKED))
    with transaction() as session:
        found = outbound_desk.messages(session, destination=destination, states=states, after=after, limit=_LIMIT)
    for one in found:
        due = f"next {one.not_before:%Y-%m-%d %H:%M:%S} UTC" if one.state == "queued" else ""
        told = (
            str(one.number),
            one.destination,
            one.kind,
            one.state.value,
            str(one.exam_id),
            f"{one.attempts} attempts",
        )
        typer.echo("\t".join((*told, due, one.problem or "")))


@app.command("show")
def show(number: int) -> None:
    """Show a message and the answer to it; both may name a patient, so that the look is on record."""
    from dose_services import outbound_desk

    with transaction() as session:
        found = outbound_desk.read_message(session, number, looker=looker("outbound show"), now=now())
    typer.echo((found.content or "the time to keep this message is over").replace("\r", "\n").rstrip())
    typer.echo(f"answer: {found.answer or 'none'}")


@app.command("send-again")
def send_again(number: int, comment: Comment) -> None:
    """Queue a parked message again, in its old place."""
    from dose_services import outbound_desk

    with transaction() as session:
        outbound_desk.send_again(session, number, comment=comment, looker=looker("outbound send-again"), now=now())
    typer.echo(f"message {number} is queued")


@app.command("park")
def park(number: int, comment: Comment) -> None:
    """Take a message out of its queue, so that those behind it go on."""
    from dose_services import outbound_desk

    with transaction() as session:
        outbound_desk.park(session, number, comment=comment, looker=looker("outbound park"), now=now())
    typer.echo(f"message {number} is parked")


@app.command("drop")
def drop(number: int, comment: Comment) -> None:
    """Give a parked message up, so that a strict queue goes on behind it."""
    from dose_services import outbound_desk

    with transaction() as session:
        outbound_desk.drop(session, number, comment=comment, looker=looker("outbound drop"), now=now())
    typer.echo(f"message {number} is dropped")


def _set_active() -> SetActive:
    from dose_services import outbound_destinations

    return outbound_destinations.set_active


add_resting(app, "outbound", _set_active)
