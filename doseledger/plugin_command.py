"""``doseledger plugin-config``: all that an Orthanc needs to deliver to us."""

import re
import secrets
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from dose_core.errors import DoseError
from dose_services.roles import Scope
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.plugin_config import FURTHER_PLUGINS, PYTHON_PLUGIN, Modality, OrthancSite, write_plugin_config
from orthanc_plugin.settings import checked_plaintext

if TYPE_CHECKING:
    from db.session import Session
    from doseledger.settings import Settings

_MODALITY = re.compile(r"(?P<aet>[^@\\]{1,16})@(?P<host>[^:@]+):(?P<port>\d{1,5})")  # an AE title: PS3.5, 6.2
_TOKEN_DAYS = 365


class FolderError(DoseError):
    """The folder of ``--out`` cannot be written to."""


class ModalityError(DoseError):
    """A ``--modality`` is not written as AET@HOST:PORT."""


def plugin_config(  # noqa: PLR0913, PLR0917  a command's options are its arguments
    out: Annotated[Path, typer.Option(help="Folder to write to; what stands there of ours is replaced.")],
    user: Annotated[
        list[str] | None, typer.Option(help="User of Orthanc; a password is drawn and stands in orthanc.json.")
    ] = None,
    modality: Annotated[
        list[str] | None, typer.Option(help="Who may send to Orthanc: AET@HOST:PORT. Nobody else may.")
    ] = None,
    service_url: Annotated[
        str | None, typer.Option(help="Where the plugin reaches the service, unless at its public address.")
    ] = None,
    ca_file: Annotated[str | None, typer.Option(help="Certificate authority of the service's https.")] = None,
    allow_plaintext: Annotated[
        str | None, typer.Option(help="Why plain http to another machine is acceptable; shown as a finding.")
    ] = None,
    aet: Annotated[str, typer.Option(help="AE title of Orthanc.")] = "ORTHANC",
    http_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of Orthanc's REST and pages.")] = 8042,
    dicom_port: Annotated[int, typer.Option(min=1, max=65535, help="Port that modalities send to.")] = 4242,
    stable_age_s: Annotated[
        int, typer.Option(min=1, help="Seconds without a new slice until a series is delivered.")
    ] = 60,
    remote_access: Annotated[  # noqa: FBT002  typer makes a flag of it; nobody passes it by position
        bool, typer.Option(help="Let other machines use Orthanc's REST; users and passwords are asked for either way.")
    ] = False,
    tell_deletions: Annotated[  # noqa: FBT002  likewise
        bool, typer.Option(help="Tell the service what Orthanc deletes; not where Orthanc deletes by itself.")
    ] = False,
    storage_folder: Annotated[str, typer.Option(help="Where Orthanc keeps its objects, as it sees it.")] = "storage",
    plugin_folder: Annotated[
        str | None,
        typer.Option(help="Where Orthanc's plugins lie, if it runs elsewhere and they cannot be looked for."),
    ] = None,
) -> None:
    """Write Orthanc's configuration, the plugin as one file, and the plugin's two tokens."""
    from doseledger.settings import Settings

    settings = Settings.load()
    address = service_url or settings.public_url
    checked_plaintext(address, allow_plaintext)  # the plugin would refuse to start, and say it only there
    users = {name: secrets.token_urlsafe(12) for name in user or ["orthanc"]}
    if settings.orthanc_user and settings.orthanc_password:
        users[settings.orthanc_user] = settings.orthanc_password.get_secret_value()
    site = OrthancSite(
        service_url=address,
        users=users,
        modalities={one.aet.lower(): one for one in map(_modality, modality or [])},
        aet=aet,
        http_port=http_port,
        dicom_port=dicom_port,
        stable_age_s=stable_age_s,
        ca_file=ca_file,
        allow_plaintext=allow_plaintext,
        is_remote_access_allowed=remote_access,
        tells_deletions=tell_deletions,
        storage_folder=storage_folder,
        plugin_paths=_plugins_in(plugin_folder) if plugin_folder else None,
    )
    with transaction(settings) as session:
        try:
            written = write_plugin_config(
                out,
                site,
                ingest_token=_token(session, settings, Scope.INGEST),
                launch_token=_token(session, settings, Scope.LAUNCH),
            )
        except OSError as error:  # no token is kept then: the unit of work ends with the error
            msg = f"{error.filename or out} cannot be written ({error.strerror}); name another folder with --out"
            raise FolderError(msg) from error
    for path in written:
        typer.echo(str(path))


def _token(session: "Session", settings: "Settings", scope: Scope) -> str:
    from dose_services import tokens
    from doseledger.processes import tokens_of

    _, token = tokens.issue(
        session,
        tokens_of(settings),
        scopes=[scope],
        subject=f"orthanc-{scope}",
        valid_for=timedelta(days=_TOKEN_DAYS),
        now=now(),
    )
    return token


def _plugins_in(folder: str) -> tuple[str, ...]:
    return tuple(str(PurePosixPath(folder, name)) for name in (PYTHON_PLUGIN, *FURTHER_PLUGINS))


def _modality(text: str) -> Modality:
    found = _MODALITY.fullmatch(text)
    if found is None:
        msg = f"--modality {text!r} is not written as AET@HOST:PORT, such as CT1@192.0.2.7:104"
        raise ModalityError(msg)
    return Modality(aet=found["aet"], host=found["host"], port=int(found["port"]))
