"""``doseledger pacs``: which archives get dose SRs of ours, and which kinds each gets."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from doseledger.clock import now
from doseledger.database import transaction
from doseledger.place_form import Move, add_move_of_archives
from doseledger.resting import SetActive, add_resting
from doseledger.who import looker

if TYPE_CHECKING:
    from dose_services.archive_values import DicomNode, StowNode

app = typer.Typer(no_args_is_help=True, help="Archives that get dose SRs of ours: the worker's Orthanc and any PACS.")

KindOption = Annotated[
    list[str] | None,
    typer.Option(
        "--kind", help="Such as 'ct rdsr' or 'patient dose'; may repeat. None: every kind but 'patient dose'."
    ),
]
SiteOption = Annotated[list[str] | None, typer.Option("--site", help="Exams of this site; may repeat. None: of all.")]
SinceOption = Annotated[
    datetime | None,
    typer.Option("--since", help="Exams known since then, UTC. None: from now on.", formats=["%Y-%m-%d"]),
]
ServerNameOption = Annotated[str | None, typer.Option(help="Name in its certificate, if not the host.")]
CaOption = Annotated[str | None, typer.Option(help="PEM file of the authorities that may sign its certificate.")]
CertificateOption = Annotated[str | None, typer.Option(help="PEM file of our certificate.")]
KeyOption = Annotated[str | None, typer.Option(help="PEM file of its key, if that is another.")]
TimeoutOption = Annotated[int, typer.Option(min=1, max=40, help="Seconds that one conversation may take.")]


@app.command("add")
def add(  # noqa: PLR0913  a PACS has this many properties, and each is an option
    name: str,
    *,
    host: Annotated[str, typer.Option(help="Where it listens for DICOM.")],
    port: Annotated[int, typer.Option(min=1, max=65535)],
    called_ae_title: Annotated[str, typer.Option(help="Its AE title.")],
    calling_ae_title: Annotated[str, typer.Option(help="Ours, as it knows it.")] = "DOSELEDGER",
    commitment: Annotated[bool, typer.Option("--commitment", help="Ask it to confirm that it keeps them.")] = False,
    kind: KindOption = None,
    site: SiteOption = None,
    since: SinceOption = None,
    tls: Annotated[bool, typer.Option("--tls", help="Encrypt, and check its certificate.")] = False,
    server_name: ServerNameOption = None,
    ca_file: CaOption = None,
    certificate_file: CertificateOption = None,
    key_file: KeyOption = None,
    timeout_s: TimeoutOption = 20,
) -> None:
    """Make a PACS known that gets dose SRs by C-STORE."""
    from dose_services.archive_values import DicomNode, TlsFiles

    files = TlsFiles(ca_file=ca_file, certificate_file=certificate_file, key_file=key_file, server_name=server_name)
    node = DicomNode(
        host=host,
        port=port,
        called_ae_title=called_ae_title,
        calling_ae_title=calling_ae_title,
        tls=files if tls or files != TlsFiles() else None,
        asks_commitment=commitment,
        timeout_s=timeout_s,
    )
    _add(name, node, kind, site, since)


@app.command("add-web")
def add_web(  # noqa: PLR0913  likewise
    name: str,
    *,
    url: Annotated[str, typer.Option(help="Address of its DICOMweb services, before /studies.")],
    user: Annotated[str | None, typer.Option(help="User, if it asks for one.")] = None,
    password_file: Annotated[str | None, typer.Option(help="File of the user's password, of the worker.")] = None,
    token_file: Annotated[str | None, typer.Option(help="File of a bearer token, of the worker.")] = None,
    kind: KindOption = None,
    site: SiteOption = None,
    since: SinceOption = None,
    server_name: ServerNameOption = None,
    ca_file: CaOption = None,
    certificate_file: CertificateOption = None,
    key_file: KeyOption = None,
    timeout_s: TimeoutOption = 20,
) -> None:
    """Make a PACS known that gets dose SRs by STOW-RS."""
    from dose_services.archive_values import StowNode, TlsFiles

    files = TlsFiles(ca_file=ca_file, certificate_file=certificate_file, key_file=key_file, server_name=server_name)
    node = StowNode(
        url=url,
        user=user,
        password_file=password_file,
        token_file=token_file,
        tls=files if files != TlsFiles() else None,
        timeout_s=timeout_s,
    )
    _add(name, node, kind, site, since)


@app.command("set")
def set_rule(
    name: str,
    *,
    kind: Annotated[
        list[str] | None, typer.Option(help="A kind of dose SR that it gets, such as 'patient dose'.")
    ] = None,
    all_kinds: Annotated[bool, typer.Option("--all-kinds", help="It gets every kind but 'patient dose'.")] = False,
    no_kind: Annotated[bool, typer.Option("--no-kind", help="It gets no dose SR any more.")] = False,
    deletes: Annotated[
        bool | None,
        typer.Option("--deletes/--keeps", help="What is taken back is deleted there, or told by a rejection note."),
    ] = None,
) -> None:
    """Say which kinds an archive gets from now on, and how they are taken back."""
    from dose_services import pacs_destinations

    chosen = () if no_kind else tuple(kind) if kind else None
    with transaction() as session:
        after = pacs_destinations.set_rule(
            session,
            name,
            kinds=chosen,
            gets_every_kind=all_kinds,
            deletes=deletes,
            looker=looker("pacs set"),
            now=now(),
        )
    typer.echo(
        f"{name} gets {after.rule.told}; what is taken back is {'deleted there' if after.deletes else 'told by a note'}"
    )


@app.command("list")
def list_destinations() -> None:
    """List the archives: name, how they are spoken to, what they get, whether they rest, how many in each state."""
    from dose_services import publication_desk

    with transaction() as session:
        for one, counts in publication_desk.destinations(session):
            state = "active" if one.is_active else "rests"
            numbers = ", ".join(f"{state.value} {number}" for state, number in sorted(counts.items()))
            typer.echo(f"{one.name}\t{one.protocol}\t{one.address}\t{one.rule.told}\t{state}\t{numbers}")


@app.command("check")
def check(name: str) -> None:
    """Ask a PACS if it understands us and takes our objects; run it on the worker's machine. Nothing is stored."""
    from dose_services import pacs_destinations
    from dose_services.pacs_values import OrthancNode, UnknownPacsError, UnusablePacsError
    from dose_worker.reach import shortcomings

    with transaction() as session:
        found = pacs_destinations.destination_named(session, name)
    if found is None:
        raise UnknownPacsError("no archive has this name")
    if isinstance(found.node, OrthancNode):
        raise UnusablePacsError("the Orthanc of the settings is not asked by DICOM; `doseledger config check` shows it")
    missing = shortcomings(found.node, found.rule)
    typer.echo(f"{name} answers")
    for one in missing:
        typer.echo(f"it does not take {one}; allow it there for our AE title")
    if missing:
        raise typer.Exit(1)


def _add(
    name: str, node: "DicomNode | StowNode", kind: list[str] | None, site: list[str] | None, since: datetime | None
) -> None:
    from dose_services import pacs_destinations
    from dose_services.pacs_values import PacsRule

    at = now()
    rule = PacsRule(
        kinds=tuple(kind) if kind else None,
        sites=tuple(site or ()),
        exams_since=since.replace(tzinfo=UTC) if since else at,
        deletes=False,
    )
    with transaction() as session:
        pacs_destinations.add_pacs(session, name, node, rule, looker=looker("pacs add"), now=at)
    typer.echo(f"{name} gets dose SRs of exams known since {rule.exams_since:%Y-%m-%d %H:%M} UTC")


def _set_active() -> SetActive:
    from dose_services import pacs_destinations

    return pacs_destinations.set_active


add_resting(app, "pacs", _set_active)


def _mover() -> Move:
    from dose_services import destination_places

    return destination_places.move_pacs


add_move_of_archives(app, "pacs", _mover)
