"""
One HTTP request to an archive, with an end in time and size.

No proxy, no password and no certificate of the environment is used, no redirect followed and no cookie kept.
"""

import logging
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from dose_worker.archive import ArchiveUnavailableError
from dose_worker.deadline import Deadline
from dose_worker.peer_check import FORBIDDEN, ForbiddenPeerError, check_peer

# They write a line for each request; what matters of one the worker writes itself.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)

MAX_ANSWER_BYTES = 1024 * 1024  # ours: an answer about one instance has some hundred


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    tls: ssl.SSLContext | None,
    timeout_s: float,
) -> Answer:
    """
    Return the answer, all of it within ``timeout_s``.

    Raises:
        ArchiveUnavailableError: there is none, or one that is too long.
    """
    with Deadline(timeout_s) as deadline:
        try:
            # Without a context none is needed: then the address is http.
            with (
                httpx2.Client(
                    verify=tls or False, trust_env=False, timeout=timeout_s, follow_redirects=False
                ) as client,
                client.stream(
                    method,
                    url,
                    headers={**headers, "Accept-Encoding": "identity"},
                    content=body,
                    extensions={"trace": _watching(deadline)},
                ) as answer,
            ):
                return Answer(status=answer.status_code, body=_read(answer))
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
            raise ArchiveUnavailableError(_told(error, is_late=deadline.is_over)) from None


def _read(answer: httpx2.Response) -> bytes:
    body = bytearray()
    for part in answer.iter_raw():  # as it came: what is packed could unpack to any size
        body += part
        if len(body) > MAX_ANSWER_BYTES:
            msg = f"the archive answered with more than {MAX_ANSWER_BYTES} bytes; is this a DICOMweb service?"
            raise ArchiveUnavailableError(msg)
    return bytes(body)


def _watching(deadline: Deadline) -> Any:  # noqa: ANN401  a callback of httpcore
    def trace(event: str, info: Mapping[str, Any]) -> None:
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            connection = info["return_value"].get_extra_info("socket")
            if isinstance(connection, socket.socket):
                deadline.watch(connection)
                try:
                    check_peer(connection)
                except OSError:
                    connection.close()  # httpcore does not know yet that it has it
                    raise

    return trace


def _told(error: Exception, *, is_late: bool) -> str:
    if is_late or isinstance(error, httpx2.TimeoutException):
        return "the archive did not answer in time"
    if isinstance(error, ForbiddenPeerError):
        return f"the archive is not connected to: {FORBIDDEN}"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate of the archive is not accepted: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"no TLS with the archive ({cause.reason or type(cause).__name__}); does it speak TLS 1.2?"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx2.ConnectError):
        return "the archive cannot be reached; is it running, at this address?"
    return f"the archive broke off or answered no HTTP ({type(error).__name__})"
