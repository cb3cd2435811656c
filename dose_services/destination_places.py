"""
Where destinations are, changed: archives, registries and other systems move to other hosts, ports and names.

What waits goes to the new place, what was sent stays where it is. Each change is on record.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from db.repositories import forwarding, outbound, pacs
from db.session import Session
from dose_core.errors import DoseError
from dose_services.archive_values import DicomNode, StowNode, TlsFiles
from dose_services.audit import Action, Looker, record_look
from dose_services.forwarding_sending import calm
from dose_services.forwarding_values import UnknownForwardError, node_of, stored_node
from dose_services.outbound_sending import endpoint_of
from dose_services.outbound_values import UnknownDestinationError
from dose_services.pacs_values import ORTHANC, UnknownPacsError, node_from
from dose_services.pacs_values import stored_node as stored_archive


class NotMovableError(DoseError):
    """The destination is at no place that can be changed so; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    What is said of where a destination is from now on; ``None`` is as it was.

    ``url`` is of those that speak STOW-RS, all else but ``server_name`` and ``timeout_s`` of the others. Who does not
    hold the files of the worker's machine (``moves_secrets``) sends the secret of none to another host.
    """

    host: str | None = None
    port: int | None = None
    called_ae_title: str | None = None
    calling_ae_title: str | None = None
    url: str | None = None
    uses_tls: bool | None = None
    server_name: str | None = None
    timeout_s: int | None = None
    moves_secrets: bool = True


class ChangedMeanwhileError(DoseError):
    """Somebody changed the destination since it was read; nothing was changed."""


def check_pacs(session: Session, name: str, read_as: datetime) -> None:
    """
    Hold an archive as it was read: when it was changed last.

    Raises:
        ChangedMeanwhileError: it is not so any more.
    """
    row = pacs.lock(session, name)
    _check(row.changed_at if row is not None else None, read_as)


def check_forwarding(session: Session, name: str, read_as: datetime) -> None:
    """
    Hold a destination of forwarded dose SRs as it was read: when it was changed last.

    Raises:
        ChangedMeanwhileError: it is not so any more.
    """
    found = forwarding.destination_named(session, name)
    row = forwarding.lock_destination(session, found.id) if found is not None else None
    _check(row.changed_at if row is not None else None, read_as)


def move_pacs(session: Session, name: str, place: Place, *, looker: Looker, now: datetime) -> None:
    """
    Have an archive be somewhere else.

    Raises:
        UnknownPacsError: there is none of this name.
        NotMovableError: it is the Orthanc of the worker's settings, or has none of what is to be changed.
        UnusableNodeError: nothing could be sent to the new place.
    """
    row = pacs.lock(session, name)
    if row is None and name != ORTHANC:
        raise UnknownPacsError("no archive has this name")
    node = node_from(row.protocol, row.node) if row is not None else None
    if row is None or not isinstance(node, DicomNode | StowNode):
        raise NotMovableError("where this Orthanc is stands in the settings of the worker")
    row.node, row.changed_at = stored_archive(_moved(node, place)), now
    session.flush()
    record_look(session, looker, Action.CHANGE_PACS, now=now, reason=_told(name, place))


def move_forwarding(session: Session, name: str, place: Place, *, looker: Looker, now: datetime) -> None:
    """
    Have a destination of forwarded dose SRs be somewhere else; what waits for it is tried at once.

    Raises:
        UnknownForwardError: there is none of this name.
        NotMovableError: it is a folder or a listed archive, or has none of what is to be changed.
        UnusableNodeError, UnusableForwardError: nothing could be sent to the new place.
    """
    found = forwarding.destination_named(session, name)
    row = forwarding.lock_destination(session, found.id) if found is not None else None
    if row is None:
        raise UnknownForwardError("no destination has this name")
    node = node_of(row)
    if not isinstance(node, DicomNode | StowNode):
        raise NotMovableError("a folder stays where it is, and a listed archive is moved by its own name")
    row.node, row.changed_at = stored_node(_moved(node, place)), now
    calm(session, row, now=now)
    record_look(session, looker, Action.CHANGE_FORWARDING, now=now, reason=_told(name, place))


def move_receiver(session: Session, name: str, place: Place, *, looker: Looker, now: datetime) -> None:
    """
    Have a system that gets results by HL7 be somewhere else.

    Raises:
        UnknownDestinationError: there is none of this name.
        NotMovableError: it has none of what is to be changed.
        UnusableDestinationError: nothing could be sent to the new place.
    """
    found = outbound.destination_named(session, name)
    row = outbound.lock_destination(session, found.id) if found is not None else None
    if row is None:
        raise UnknownDestinationError("no destination has this name")
    if place.url or place.called_ae_title or place.calling_ae_title:
        raise NotMovableError("a receiver of HL7 has a host and a port")
    changes = _given(host=place.host, port=place.port, uses_tls=place.uses_tls, answer_timeout_s=place.timeout_s)
    endpoint = endpoint_of(row)
    if place.uses_tls is False:
        endpoint = replace(endpoint, server_name=None, ca_file=None, certificate_file=None, key_file=None)
    moved = replace(endpoint, **changes, **_given(server_name=place.server_name))
    for one in (
        "host",
        "port",
        "answer_timeout_s",
        "uses_tls",
        "server_name",
        "ca_file",
        "certificate_file",
        "key_file",
    ):
        setattr(row, one, getattr(moved, one))
    session.flush()
    record_look(session, looker, Action.CHANGE_DESTINATION, now=now, reason=_told(name, place))


def _check(changed_at: datetime | None, read_as: datetime) -> None:
    if changed_at is not None and changed_at != read_as:
        raise ChangedMeanwhileError("it was changed since it was read; read it again")


def _moved(node: DicomNode | StowNode, place: Place) -> DicomNode | StowNode:
    if isinstance(node, DicomNode):
        if place.url is not None:
            raise NotMovableError("this destination speaks DICOM: name its host and port")
        return replace(
            node,
            **_given(
                host=place.host,
                port=place.port,
                called_ae_title=place.called_ae_title,
                calling_ae_title=place.calling_ae_title,
                timeout_s=place.timeout_s,
            ),
            tls=_tls(node.tls, place),
        )
    if any((place.host, place.port, place.called_ae_title, place.calling_ae_title, place.uses_tls is not None)):
        raise NotMovableError("this destination speaks STOW-RS: name its address")
    has_secret = node.token_file is not None or node.password_file is not None
    is_elsewhere = place.url is not None and urlsplit(place.url).netloc != urlsplit(node.url).netloc
    if has_secret and is_elsewhere and not place.moves_secrets:
        raise NotMovableError("a destination with a password or token is moved by the command line alone")
    url = place.url or node.url
    files = _tls(node.tls, place) if url.lower().startswith("https:") else None
    return replace(node, **_given(url=place.url, timeout_s=place.timeout_s), tls=files)


def _tls(files: TlsFiles | None, place: Place) -> TlsFiles | None:
    if place.uses_tls is False:
        return None
    if place.server_name is not None:
        return replace(files or TlsFiles(), server_name=place.server_name)
    return files or TlsFiles() if place.uses_tls else files


def _given(**values: Any) -> dict[str, Any]:  # noqa: ANN401  of several types
    return {name: value for name, value in values.items() if value is not None}


def _told(name: str, place: Place) -> str:
    """Return what is kept of a change; hosts and ports name no patient."""
    said = _given(
        host=place.host,
        port=place.port,
        called=place.called_ae_title,
        calling=place.calling_ae_title,
        url=place.url,
        tls=place.uses_tls,
        server=place.server_name,
        timeout=place.timeout_s,
    )
    if not said:
        raise NotMovableError("name what is to be changed")
    return f"{name} is elsewhere: " + ", ".join(f"{what} {value}" for what, value in said.items())
