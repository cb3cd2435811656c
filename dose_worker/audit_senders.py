"""How looks reach audit repositories: DICOM audit messages by syslog over TLS (RFC 5425), AuditEvents by FHIR."""

import os
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import orjson

from dose_core.auditing.dicom_message import dicom_message, syslog_message
from dose_core.auditing.events import AuditSource
from dose_core.auditing.fhir_event import fhir_event
from dose_core.errors import DoseError
from dose_services.archive_values import TlsFiles
from dose_worker.archive import ArchiveUnavailableError
from dose_worker.client_tls import client_context
from dose_worker.deadline import Deadline
from dose_worker.http_client import Answer, ask
from dose_worker.settings import AuditFeedSettings

_TIMEOUT_S = 20.0
_OK = 200
_FHIR_JSON = "application/fhir+json"


class AuditRepositoryError(DoseError):
    """An audit repository did not take what it was sent; it goes again."""


class Sender(Protocol):
    """Hands looks on to one repository, or raises ``AuditRepositoryError``."""

    @property
    def name(self) -> str:
        """The name of the feed."""

    def send(self, looks: Sequence[Mapping[str, Any]]) -> None:
        """Hand these looks on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyslogSender:
    """
    Syslog over TLS with a count of octets before each message; a connection for each batch.

    The protocol knows no answer: what was sent is taken as received when the repository ends the connection after we
    have said that we are done (RFC 5425, 4.4).
    """

    host: str
    port: int
    source: AuditSource
    tls: TlsFiles = field(default_factory=TlsFiles)
    name: str = "syslog"

    def send(self, looks: Sequence[Mapping[str, Any]]) -> None:
        """Hand these looks on."""
        try:
            with (
                Deadline(_TIMEOUT_S) as deadline,
                socket.create_connection((self.host, self.port), timeout=_TIMEOUT_S) as plain,
                client_context(self.tls).wrap_socket(plain, server_hostname=self.host) as secure,
            ):
                deadline.watch(secure)
                for look in looks:
                    secure.sendall(self._framed(look))
                _await_end(secure)
        except (OSError, ArchiveUnavailableError) as error:
            msg = f"the audit repository {self.host}:{self.port} did not take the messages: {type(error).__name__}"
            raise AuditRepositoryError(msg) from error

    def _framed(self, look: Mapping[str, Any]) -> bytes:
        at = look["at"]
        assert isinstance(at, datetime)  # noqa: S101 - the column's type
        message = syslog_message(dicom_message(look, self.source), at, self.source, str(os.getpid()))
        return b"%d %s" % (len(message), message)


def _await_end(secure: ssl.SSLSocket) -> None:
    """Wait until the repository has read all, with or without a word of farewell; a reset is none."""
    try:
        secure.unwrap()
    except ssl.SSLEOFError:
        return
    except OSError as error:
        if error.errno:
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirSender:
    """FHIR's batch of AuditEvents, each put under the id of its look, so that one sent twice stands there once."""

    url: str
    source: AuditSource
    tls: TlsFiles = field(default_factory=TlsFiles)
    name: str = "fhir"

    def send(self, looks: Sequence[Mapping[str, Any]]) -> None:
        """Hand these looks on."""
        entries = [_entry(fhir_event(look, self.source)) for look in looks]
        bundle = orjson.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries})
        headers = {"Content-Type": _FHIR_JSON, "Accept": _FHIR_JSON}
        try:
            context = client_context(self.tls)
            answer = ask("POST", self.url, headers=headers, body=bundle, tls=context, timeout_s=_TIMEOUT_S)
        except ArchiveUnavailableError as error:
            msg = f"the audit repository at {self.url} did not answer"
            raise AuditRepositoryError(msg) from error
        if not _has_all(answer, len(looks)):
            msg = f"the audit repository at {self.url} did not take all events: status {answer.status}"
            raise AuditRepositoryError(msg)


def _has_all(answer: Answer, count: int) -> bool:
    if answer.status != _OK:
        return False
    try:
        statuses = [str(one["response"]["status"]) for one in orjson.loads(answer.body)["entry"]]
    except (ValueError, KeyError, TypeError):
        return False
    return len(statuses) == count and all(one.startswith("2") for one in statuses)


def senders_of(settings: AuditFeedSettings | None) -> tuple[Sender, ...]:
    """Return who hands looks on, one for each repository."""
    if settings is None:
        return ()
    senders: list[Sender] = []
    if settings.syslog is not None:
        host, port = settings.syslog
        senders.append(SyslogSender(host=host, port=port, source=settings.source, tls=settings.tls))
    if settings.fhir_url is not None:
        senders.append(FhirSender(url=settings.fhir_url, source=settings.source, tls=settings.tls))
    return tuple(senders)


def _entry(resource: dict[str, Any]) -> dict[str, Any]:
    return {"resource": resource, "request": {"method": "PUT", "url": f"AuditEvent/{resource['id']}"}}
