"""
Asking other systems by HTTP, without being led where we must not go.

An address may come from outside: the ``iss`` of a launch, the ``fhirServer`` of a hook, a document that a peer
serves. So it is asked only if its origin stands on the list of the site, and only at an address of the network that
may be reached: the name is resolved once, what it resolved to is checked, and the connection goes to what was
checked, while TLS still verifies the name. No redirect is followed, no proxy and no password of the environment is
used, and the answer has an end in time and size.

    outgoing = Outgoing(OutgoingRules(origins=frozenset({"https://ehr.example"})))
    answer = outgoing.ask("GET", "https://ehr.example/fhir/.well-known/smart-configuration")
    if answer.status == 200: configuration = answer.json()

It blocks, so it is called from routes that are plain functions. One object may be used by many threads.
Resolving a name takes as long as the resolver of the machine allows; everything else ends with ``timeout_s``.
"""

import logging
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpcore2
import orjson

from api.auth.reachable import Network, is_reachable
from dose_core.errors import DoseError

# They write a line for each request, with its address.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)

MAX_ANSWER_BYTES = 1024 * 1024  # ours: a document of keys or of an issuer has some thousand
TIMEOUT_S = 5.0  # ours: a person, or a hook with half a second, waits for it
_TRIED = 3  # addresses of one name

# Strict, and read here alone: two readers of one address could see two hosts in it. A host has ASCII alone (an
# international name is written in its form for the wire), and there is no place for a user or a password.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>[/?][!-\"$-\[\]-~]*)?"  # printable ASCII without a blank, '#' and '\'
)
_PORTS = {"https": 443, "http": 80}

Resolve = Callable[[str, int], Iterable[str]]


class AddressRefusedError(DoseError):
    """The address is none that this site asks; the settings name the origins and networks that it does."""


class PeerFailedError(DoseError):
    """The other system did not answer, not in time, not as it should, or with too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRules:
    """
    What may be asked.

    ``origins`` are exact: scheme, host and port. ``networks`` are those private or loopback networks that may be
    reached all the same, such as that of the hospital; link-local addresses, where clouds keep their secrets, never
    may. ``allows_http`` lets origins of plain http stand in the list. ``authorities`` is a PEM file of who vouches
    for peers beside the authorities that the machine trusts.
    """

    origins: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    allows_http: bool = False
    authorities: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "origins", frozenset(map(origin_of, self.origins)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came back; the names of ``headers`` are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> dict[str, Any]:
        """
        Return the body as an object of JSON.

        Raises:
            PeerFailedError: it is none.
        """
        try:
            read = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            read = None
        if not isinstance(read, dict):
            raise PeerFailedError("the other system answered no JSON object")
        return read


@dataclass(frozen=True, slots=True)
class _Address:
    scheme: str
    host: str  # without brackets, as it is resolved
    port: int
    target: str

    @property
    def origin(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{shown}" + (f":{self.port}" if self.port != _PORTS[self.scheme] else "")


def origin_of(url: str) -> str:
    """
    Return scheme, host and port of an address in their one spelling, such as ``https://ehr.example``.

    Raises:
        AddressRefusedError: it is no plain address of http or https.
    """
    return _read(url).origin


class Outgoing:
    """Asks what the rules allow. ``resolve`` gives the addresses of a name, for tests."""

    def __init__(self, rules: OutgoingRules, *, resolve: Resolve | None = None) -> None:
        self._rules = rules
        self._resolve = resolve or _resolve
        self._tls: ssl.SSLContext | None = None

    def allows(self, url: str) -> bool:
        """Tell whether the origin of an address is on the list, without asking anybody."""
        try:
            self._allowed(url)
        except AddressRefusedError:
            return False
        return True

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float = TIMEOUT_S,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answered:
        """
        Return the answer, whatever its status; a redirect is an answer as any other.

        Raises:
            AddressRefusedError: the origin, or what its name resolves to, may not be asked. Nothing was sent.
            PeerFailedError: there is no answer, or one that is too long, too slow, or packed.
        """
        address = self._allowed(url)
        deadline = time.monotonic() + timeout_s
        backend = _CheckedBackend(self._resolve, self._rules, deadline)
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=self._context(address), network_backend=backend) as pool,
                pool.stream(
                    method,
                    httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target),
                    headers=_sent(address, headers, body),
                    content=body,
                    extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)},
                ) as answer,
            ):
                told = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in answer.headers}
                if told.get("content-encoding", "identity") != "identity":  # could unpack to any size
                    raise PeerFailedError("the other system packed its answer, which was not asked for")
                read = bytearray()
                for part in answer.iter_stream():
                    read += part
                    if len(read) > max_bytes:
                        msg = f"the other system answered with more than {max_bytes} bytes"
                        raise PeerFailedError(msg)
                return Answered(status=answer.status, headers=told, body=bytes(read))
        except (*_FAILURES, OSError, ValueError) as error:
            raise PeerFailedError(_told(error)) from None

    def _allowed(self, url: str) -> _Address:
        address = _read(url)
        if address.origin not in self._rules.origins:
            raise AddressRefusedError("the origin of this address is not on the list of the site")
        if address.scheme != "https" and not self._rules.allows_http:
            raise AddressRefusedError("plain http is not allowed")
        return address

    def _context(self, address: _Address) -> ssl.SSLContext | None:
        if address.scheme == "https" and self._tls is None:
            context = ssl.create_default_context()
            context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 9325, 3.1.1
            if self._rules.authorities:
                context.load_verify_locations(self._rules.authorities)
            self._tls = context
        return self._tls


class _CheckedBackend(httpcore2.SyncBackend):
    """Connects to what a name resolved to and was checked, and to nothing else; all of it ends with the deadline."""

    def __init__(self, resolve: Resolve, rules: OutgoingRules, deadline: float) -> None:
        self._resolve = resolve
        self._rules = rules
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline stands in its place
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        found = list(dict.fromkeys(self._resolve(host, port)))
        # One that may not be reached spoils them all: who answers for the name points it at our own network.
        if not found or not all(is_reachable(one, self._rules.networks) for one in found):
            raise AddressRefusedError("the name of this address leads to a network that the site does not ask")
        for number, one in enumerate(found[:_TRIED], start=1):
            try:
                stream = super().connect_tcp(one, port, _left(self._deadline), local_address, socket_options)
                return _TimedStream(stream, self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == len(found[:_TRIED]):
                    raise
        raise AssertionError  # there is at least one


class _TimedStream(httpcore2.NetworkStream):
    """A stream in which each step has what is left of the whole time, so that a slow peer gains nothing by dripping."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - as above
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as above
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore's own
        return self._stream.get_extra_info(info)


_FAILURES = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout
    return left


def _read(url: str) -> _Address:
    found = _ADDRESS.fullmatch(url)
    if found is None:
        raise AddressRefusedError("this is no plain address of http or https")
    scheme = found["scheme"]
    port = int(found["port"]) if found["port"] else _PORTS[scheme]
    target = found["target"] or "/"
    host = found["host"].lower().strip("[]")
    return _Address(scheme, host, port, target if target.startswith("/") else f"/{target}")


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise PeerFailedError("the name of the other system is not known") from None
    return [str(one[4][0]) for one in found]


def _sent(address: _Address, headers: Mapping[str, str] | None, body: bytes | None) -> list[tuple[str, str]]:
    host = address.origin.partition("://")[2]
    length = {} if body is None else {"Content-Length": str(len(body))}
    sent = {"Accept": "application/json", **(headers or {}), "Accept-Encoding": "identity"}
    return [("Host", host), ("Connection", "close"), *sent.items(), *length.items()]


def _told(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate of the other system is not accepted: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"no TLS with the other system ({cause.reason or type(cause).__name__})"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore2.TimeoutException):
        return "the other system did not answer in time"
    if isinstance(error, httpcore2.ConnectError):
        return "the other system cannot be reached"
    return f"the other system broke off or answered no HTTP ({type(error).__name__})"
