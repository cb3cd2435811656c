"""``doseledger device``: which devices there are, and which of them send no dose SR."""

from typing import Annotated
from uuid import UUID

import typer

from dose_core.errors import DoseError
from doseledger.clock import now
from doseledger.database import transaction

app = typer.Typer(no_args_is_help=True, help="Devices: list them, and mark those that send no dose SR.")

MarkOption = Annotated[
    bool, typer.Option("--sends-no-rdsr/--sends-rdsr", help="DoseLedger then writes this device's dose SRs, or not.")
]


class UnknownDeviceError(DoseError):
    """No device has this id; ``doseledger device list`` tells which there are."""


@app.command("list")
def list_devices() -> None:
    """List all devices: id, maker, model, serial number, station, institution, and what they send."""
    from db.repositories import devices

    with transaction() as session:
        for row in devices.every(session):
            sends = "sends no RDSR" if row.sends_no_rdsr else "sends RDSR"
            names = (row.manufacturer, row.model, row.serial_number, row.station_name, row.institution)
            typer.echo("\t".join((str(row.id), *names, sends)))


@app.command("mark")
def mark(device_id: UUID, sends_no_rdsr: MarkOption) -> None:
    """Say of a known device whether it sends dose SRs itself."""
    from db.repositories import devices

    with transaction() as session:
        row = devices.get(session, device_id)
        if row is None:
            msg = f"there is no device {device_id}; see 'doseledger device list'"
            raise UnknownDeviceError(msg)
        row.sends_no_rdsr = sends_no_rdsr
    typer.echo(f"device {device_id} {'sends no RDSR' if sends_no_rdsr else 'sends RDSR'}")


@app.command("add")
def add(
    manufacturer: Annotated[str, typer.Option(help="Manufacturer (0008,0070) as its objects state it.")],
    model: Annotated[str, typer.Option(help="Manufacturer's Model Name (0008,1090).")],
    sends_no_rdsr: MarkOption,
    serial_number: Annotated[str | None, typer.Option(help="Device Serial Number (0018,1000).")] = None,
    station_name: Annotated[str | None, typer.Option(help="Station Name (0008,1010).")] = None,
    institution: Annotated[str | None, typer.Option(help="Institution Name (0008,0080).")] = None,
) -> None:
    """Make a device known before its first object comes."""
    from db.repositories import devices
    from dose_core.model import DeviceStated

    stated = DeviceStated(
        manufacturer=manufacturer,
        model=model,
        serial_number=serial_number,
        station_name=station_name,
        institution=institution,
    )
    with transaction() as session:
        row = devices.ensure(session, stated, now=now())
        row.sends_no_rdsr = sends_no_rdsr
        device_id = row.id
    typer.echo(str(device_id))
