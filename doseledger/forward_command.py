"""``doseledger forward``: who gets dose SRs beside the archive, and what became of each object."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from dose_core.errors import DoseError
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.place_form import Move, add_move_of_archives
from doseledger.resting import SetActive, add_resting
from doseledger.who import looker

if TYPE_CHECKING:
    from dose_services.forwarding_values import ForwardNode

app = typer.Typer(
    no_args_is_help=True, help="Dose SRs for registries, de-identified, and for listed archives of the site."
)
_LIMIT = 500


class WhereToError(DoseError):
    """The options name no place to forward to, or two."""


@app.command("add")
def add(  # noqa: PLR0913  a destination has this many properties, and each is an option
    name: str,
    *,
    folder: Annotated[Path | None, typer.Option(help="A folder of the worker's machine that somebody empties.")] = None,
    url: Annotated[str | None, typer.Option(help="STOW-RS: address of its services, before /studies.")] = None,
    token_file: Annotated[Path | None, typer.Option(help="STOW-RS: file of a bearer token, of the worker.")] = None,
    host: Annotated[str | None, typer.Option(help="C-STORE: where it listens for DICOM.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="C-STORE: its port.")] = 11112,
    called_ae_title: Annotated[str, typer.Option(help="C-STORE: its AE title.")] = "ANY-SCP",
    tls: Annotated[bool, typer.Option("--tls", help="C-STORE: encrypt, and check its certificate.")] = False,
    ca_file: Annotated[Path | None, typer.Option(help="PEM file of the authorities that may sign it.")] = None,
    pacs: Annotated[str | None, typer.Option(help="A listed archive of the site (`doseledger pacs list`).")] = None,
    identified: Annotated[
        bool, typer.Option("--identified", help="As the objects came; to a listed archive alone.")
    ] = False,
    modality: Annotated[list[str] | None, typer.Option(help="Exams of this one; may repeat. None: of all.")] = None,
    device: Annotated[list[UUID] | None, typer.Option(help="Exams of this device; may repeat. None: of all.")] = None,
    reports: Annotated[str, typer.Option(help="Those of devices, our own, or all: device, own, all.")] = "device",
    since: Annotated[
        datetime | None, typer.Option(help="Objects received since then, UTC. None: from now on.", formats=["%Y-%m-%d"])
    ] = None,
    keep_patient_characteristics: Annotated[
        bool, typer.Option("--keep-patient-characteristics", help="Sex, age (up to 89), height and weight stay.")
    ] = False,
    keep_device: Annotated[
        bool, typer.Option("--keep-device", help="Serial number and station name stay, if they are released.")
    ] = False,
    release_text: Annotated[
        list[str] | None, typer.Option(help="This text (maker, model, protocol) stays, to the letter; may repeat.")
    ] = None,
) -> None:
    """Make a destination known that gets dose SRs: de-identified ones, unless it is a listed archive and says so."""
    from dose_services import forwarding_desk
    from dose_services.forwarding_values import ForwardRule, Reports
    from doseledger.settings import forwarding_key

    if reports not in {one.value for one in Reports}:
        raise WhereToError("--reports is device, own or all")
    node = _node(folder, url, token_file, host, port, called_ae_title, pacs, tls=tls, ca_file=ca_file)
    at = now()
    rule = ForwardRule(
        since=since.replace(tzinfo=UTC) if since else at,
        modalities=tuple(modality or ()),
        device_ids=tuple(device or ()),
        reports=Reports(reports),
        is_identified=identified,
        keeps_characteristics=keep_patient_characteristics,
        keeps_device=keep_device,
        released_texts=tuple(release_text or ()),
    )
    with transaction() as session:
        forwarding_desk.add_destination(
            session, name, node, rule, site_key=forwarding_key(), looker=looker("forward add"), now=at
        )
    how = "as they came" if identified else "de-identified"
    typer.echo(f"{name} gets dose SRs received since {rule.since:%Y-%m-%d %H:%M} UTC, {how}")


@app.command("list")
def list_destinations() -> None:
    """List the destinations: name, address, what they get, whether they rest, how many in each state, problem."""
    from dose_services import forwarding_desk

    with transaction() as session:
        for one in forwarding_desk.destinations(session):
            how = "identified" if one.rule.is_identified else "de-identified"
            state = "active" if one.is_active else "rests"
            numbers = ", ".join(f"{key.value} {number}" for key, number in one.counts.items())
            typer.echo(f"{one.name}\t{one.protocol}\t{one.address}\t{how}\t{state}\t{numbers}\t{one.problem or ''}")


@app.command("release-text")
def release_text(name: str, texts: list[str]) -> None:
    """Let texts stay, to the letter, in what a destination gets from now on: a maker, a model, a protocol."""
    from dose_services import forwarding_desk

    with transaction() as session:
        forwarding_desk.release_texts(session, name, tuple(texts), looker=looker("forward release-text"), now=now())
    typer.echo(f"{name} may be told these texts as they are")


@app.command("rekey")
def rekey(name: str) -> None:
    """Say that the key was changed: pseudonyms, UIDs and dates are others from now on."""
    from dose_services import forwarding_desk
    from doseledger.settings import forwarding_key

    with transaction() as session:
        forwarding_desk.rekey(session, name, site_key=forwarding_key(), looker=looker("forward rekey"), now=now())
    typer.echo(f"{name} is served under the key of today")


@app.command("queue")
def queue(
    destination: Annotated[str | None, typer.Option(help="Objects for this one only.")] = None,
    state: Annotated[list[str] | None, typer.Option(help="May repeat; those that were not sent, if none.")] = None,
    after: Annotated[int, typer.Option(help="Number of the last object of the page before.")] = 0,
) -> None:
    """List objects in their order: number, destination, state, exam, attempts, UID there, problem."""
    from dose_services import forwarding_desk
    from dose_services.forwarding_values import ForwardState

    known = {one.value for one in ForwardState}
    if not known.issuperset(state or ()):
        msg = f"a state is one of {', '.join(sorted(known))}"
        raise WhereToError(msg)
    states = tuple(map(ForwardState, state or ("waiting", "withheld", "parked")))
    with transaction() as session:
        found = forwarding_desk.listed(session, destination=destination, states=states, after=after, limit=_LIMIT)
    for one in found:
        told = (str(one.number), one.destination, one.state.value, str(one.exam_id), f"{one.attempts} attempts")
        typer.echo("\t".join((*told, one.sent_as or "", one.problem or "")))


@app.command("send-again")
def send_again(number: int) -> None:
    """Have a parked object tried again, or one that waits tried now."""
    from dose_services import forwarding_desk

    with transaction() as session:
        forwarding_desk.send_again(session, number, looker=looker("forward send-again"), now=now())
    typer.echo(f"object {number} waits for its turn")


@app.command("cancel")
def cancel(number: int) -> None:
    """Give an object up that was not sent."""
    from dose_services import forwarding_desk

    with transaction() as session:
        forwarding_desk.cancel(session, number, looker=looker("forward cancel"), now=now())
    typer.echo(f"object {number} is cancelled")


def _node(  # noqa: PLR0913  the options that say where
    folder: Path | None,
    url: str | None,
    token_file: Path | None,
    host: str | None,
    port: int,
    called_ae_title: str,
    pacs: str | None,
    *,
    tls: bool,
    ca_file: Path | None,
) -> "ForwardNode":
    from dose_services.archive_values import DicomNode, StowNode, TlsFiles
    from dose_services.forwarding_values import FolderNode, ListedPacs

    if sum(one is not None for one in (folder, url, host, pacs)) != 1:
        raise WhereToError("name one of --folder, --url, --host and --pacs")
    files = TlsFiles(ca_file=str(ca_file)) if ca_file else None
    if folder is not None:
        return FolderNode(path=str(folder))
    if pacs is not None:
        return ListedPacs(name=pacs)
    if url is not None:
        return StowNode(url=url, token_file=str(token_file) if token_file else None, tls=files)
    certified = files or TlsFiles() if tls else files
    return DicomNode(host=host or "", port=port, called_ae_title=called_ae_title, tls=certified)


def _set_active() -> SetActive:
    from dose_services import forwarding_desk

    return forwarding_desk.set_active


add_resting(app, "forward", _set_active)


def _mover() -> Move:
    from dose_services import destination_places

    return destination_places.move_forwarding


add_move_of_archives(app, "forward", _mover)
