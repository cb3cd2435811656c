"""``doseledger device``: which devices there are, what they send, and which of them are one machine."""

import getpass
from typing import Annotated
from uuid import UUID

import typer

from dose_core.ledger.device_class import DeviceClass
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker

app = typer.Typer(
    no_args_is_help=True,
    help="Devices: list them, mark those that send no dose SR, say which are one machine.",
)

MarkOption = Annotated[
    bool, typer.Option("--sends-no-rdsr/--sends-rdsr", help="DoseLedger then writes this device's dose SRs, or not.")
]
CommentOption = Annotated[str, typer.Option(min=1, help="Why; it stays on record. Name no patient.")]


@app.command("list")
def list_devices() -> None:
    """List all devices: id, maker, model, serial number, station, institution, what they send, how they are classed."""
    from dose_services import devices

    with transaction() as session:
        for one in devices.list_devices(session):
            sends = "sends no RDSR" if one.sends_no_rdsr else "sends RDSR"
            names = (one.manufacturer, one.model, one.serial_number, one.station_name, one.institution)
            typer.echo("\t".join((str(one.id), *(name or "" for name in names), sends, one.classed_as)))


@app.command("show")
def show(device_id: UUID) -> None:
    """Show how objects state a device, its software by the first day of each, and what was decided about it."""
    from dose_services import devices

    with transaction() as session:
        detail = devices.device_detail(session, device_id)
    last = detail.device.last_object_at
    typer.echo(f"device {detail.device.id}, last object {last.isoformat(timespec='seconds') if last else 'never'}")
    for one in detail.appearances:
        names = (one.manufacturer, one.model, one.serial_number, one.station_name, one.institution)
        typer.echo("\t".join(("appearance", str(one.id), *(name or "" for name in names))))
    for software in detail.software:
        typer.echo(f"software\tsince {software.since}\t{', '.join(software.versions)}")
    for decision in detail.decisions:
        what = decision.kind if decision.withdraws is None else f"withdrawn {decision.withdraws}"
        typer.echo(f"decision\t{decision.number}\t{what}\tby {decision.decided_by}\t{decision.comment}")


@app.command("mark")
def mark(device_id: UUID, sends_no_rdsr: MarkOption) -> None:
    """Say of a known device whether it sends dose SRs itself."""
    from dose_services import devices

    with transaction() as session:
        devices.change_device(session, device_id, sends_no_rdsr=sends_no_rdsr, now=now())
    typer.echo(f"device {device_id} {'sends no RDSR' if sends_no_rdsr else 'sends RDSR'}")


@app.command("class")
def classify(device_id: UUID, classed_as: DeviceClass) -> None:
    """Say what exams of a projection device are: fluoroscopy, radiography, or by the dose of each."""
    from dose_services import devices

    with transaction() as session:
        devices.change_device(session, device_id, classed_as=classed_as, now=now())
    typer.echo(f"device {device_id} is classed as {classed_as}; the worker makes its exams anew")


@app.command("organisation")
def set_organisation(
    device_id: UUID,
    organisation: Annotated[str | None, typer.Argument(help="Its name; that of the site if left out.")] = None,
) -> None:
    """Say of which organisation a device is, and with it all its exams."""
    from dose_services import devices, organisations

    with transaction() as session:
        place = organisations.of_name(session, organisation).id if organisation else None
        devices.set_organisation(session, device_id, place, looker=looker("device organisation"), now=now())
    typer.echo(f"device {device_id} is of {organisation or 'the organisation of its site'}")


@app.command("merge")
def merge(device_id: UUID, other_id: UUID, comment: CommentOption) -> None:
    """Record that two devices are one machine."""
    from dose_services import device_desk

    with transaction() as session:
        found = device_desk.merge(session, device_id, other_id, by=_operator(), comment=comment, now=now())
    typer.echo(f"device {found.device.id} has {found.device.appearances} appearances")


@app.command("split")
def split(device_id: UUID, appearance_ids: list[UUID], comment: CommentOption) -> None:
    """Record that some appearances of a device are another machine."""
    from dose_services import device_desk

    with transaction() as session:
        found = device_desk.split(session, device_id, appearance_ids, by=_operator(), comment=comment, now=now())
    typer.echo(f"device {found.device.id} has {found.device.appearances} appearances")


@app.command("withdraw")
def withdraw(number: int, comment: CommentOption) -> None:
    """Take a merge or a split back, by the number that `doseledger device show` tells."""
    from dose_services import device_desk

    with transaction() as session:
        found = device_desk.withdraw(session, number, by=_operator(), comment=comment, now=now())
    typer.echo(f"device {found.device.id} has {found.device.appearances} appearances")


@app.command("add")
def add(
    manufacturer: Annotated[str, typer.Option(help="Manufacturer (0008,0070) as its objects state it.")],
    model: Annotated[str, typer.Option(help="Manufacturer's Model Name (0008,1090).")],
    sends_no_rdsr: MarkOption,
    serial_number: Annotated[str | None, typer.Option(help="Device Serial Number (0018,1000).")] = None,
    station_name: Annotated[str | None, typer.Option(help="Station Name (0008,1010).")] = None,
    institution: Annotated[str | None, typer.Option(help="Institution Name (0008,0080).")] = None,
    site: Annotated[str, typer.Option(help="Label of the site on its senders' tokens.")] = "",
) -> None:
    """Make a device known before its first object comes."""
    from dose_core.model import DeviceStated
    from dose_services import device_resolving, devices

    stated = DeviceStated(
        manufacturer=manufacturer,
        model=model,
        serial_number=serial_number,
        station_name=station_name,
        institution=institution,
    )
    with transaction() as session:
        device_id = device_resolving.make_known(session, site, stated, now=now())
        devices.change_device(session, device_id, sends_no_rdsr=sends_no_rdsr, now=now())
    typer.echo(str(device_id))


def _operator() -> str:
    return f"console:{getpass.getuser()}"
