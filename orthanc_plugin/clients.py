"""
Two HTTP clients on kept connections: one to the service, one to Orthanc itself over loopback.

``http.client`` on purpose: its waits release Python's global lock, Orthanc's own ``orthanc.*`` calls do not, and a call
that waits while a callback is due stops the whole Orthanc.
"""

import encodings.idna  # noqa: F401 - the first look-up of a host loads it, and Python 3.14 cannot load in Orthanc's threads
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dose_core.contract import MAX_HEADER_BYTES
from dose_core.header_cut import IS_TOO_LONG, CutHeader, HeaderError, IncompleteHeaderError, cut_header
from orthanc_plugin.settings import Settings

TIMEOUT_S = 60.0
_FIRST_CHUNK_BYTES = 64 * 1024  # the header of nearly any image with one frame
_MAX_ANSWER_BYTES = 1024 * 1024
_PARTIAL_CHAIN = 0x80000  # ssl.VERIFY_X509_PARTIAL_CHAIN (OpenSSL): trust the very certificate that was given


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers in lower case, and body of an HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpClient:
    """One kept connection; used by one thread."""

    def __init__(self, url: str, *, authorization: str, context: ssl.SSLContext | None = None) -> None:
        address = urlsplit(url)
        self._base = address.path.rstrip("/")
        self._authorization = authorization
        host, port = address.hostname or "", address.port
        # Both set TCP_NODELAY themselves (http.client, HTTPConnection.connect).
        self._connection = (
            http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)
            if address.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        )

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """
        Return the answer of one call, its body cut at 1 MB. Safe to repeat calls only.

        Raises:
            OSError: the other end cannot be reached or does not answer in time.
            http.client.HTTPException: it does not speak HTTP.
        """
        response = self._open(method, path, body, headers)
        content = response.read(_MAX_ANSWER_BYTES)
        if not response.isclosed():  # more than we want: the connection cannot be used again
            self._connection.close()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def close(self) -> None:
        """Close the connection; the next call opens a new one."""
        self._connection.close()

    def _open(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPResponse:
        sent = {"Authorization": self._authorization, **(headers or {})}
        is_reused = self._connection.sock is not None
        try:
            self._connection.request(method, self._base + path, body=body, headers=sent)
            return self._connection.getresponse()
        except (http.client.HTTPException, OSError) as error:
            self._connection.close()
            if not is_reused or isinstance(error, TimeoutError):
                raise
        # The other end had closed the idle connection: once more on a new one.
        try:
            self._connection.request(method, self._base + path, body=body, headers=sent)
            return self._connection.getresponse()
        except (http.client.HTTPException, OSError):
            self._connection.close()
            raise


class OrthancError(OSError):
    """Orthanc's own REST API answers with an error; it may work later."""


class OrthancClient(HttpClient):
    """Orthanc's REST API over loopback."""

    def json(self, path: str) -> Any:  # noqa: ANN401 - JSON is what it is
        """
        Return the JSON that stands at a path, ``None`` if there is nothing.

        Raises:
            OrthancError: neither 200 nor 404.
        """
        body = self._read(path)
        return None if body is None else json.loads(body)

    def file(self, orthanc_id: str) -> bytes | None:
        """Return the file of an instance, ``None`` if it is gone."""
        return self._read(f"/instances/{orthanc_id}/file")

    def header(self, orthanc_id: str) -> CutHeader | None:
        """
        Return the header of an instance, reading no more of its file than that; ``None`` if it is gone.

        Raises:
            HeaderError: the file cannot be walked, or more stands before its pixel data than the reader takes.
        """
        response = self._open("GET", f"/instances/{orthanc_id}/file")
        if response.status != http.client.OK:
            response.read()
            _expect_gone(response.status)
            return None
        data, wanted = b"", _FIRST_CHUNK_BYTES
        try:
            while True:
                data += response.read(wanted - len(data))
                is_whole = response.isclosed() or len(data) < wanted
                try:
                    return cut_header(data, is_whole_file=is_whole)
                except IncompleteHeaderError as error:
                    if is_whole:
                        raise
                    if wanted >= MAX_HEADER_BYTES:
                        raise HeaderError(IS_TOO_LONG) from error
                wanted = min(4 * wanted, MAX_HEADER_BYTES)
        finally:
            if not response.isclosed():
                self._connection.close()  # leave the pixels where they are

    def _read(self, path: str) -> bytes | None:
        response = self._open("GET", path)
        body = response.read()
        if response.status == http.client.OK:
            return body
        _expect_gone(response.status)
        return None


def service_client(settings: Settings, token: str) -> HttpClient:
    """Return a client of the service that shows this token (RFC 6750)."""
    context = ssl.create_default_context(cafile=settings.ca_file) if settings.service_url.startswith("https") else None
    return HttpClient(settings.service_url, authorization=f"Bearer {token}", context=context)


def orthanc_client(settings: Settings, authorization: str) -> OrthancClient:
    """Return a client of the Orthanc that the plugin runs in; ``authorization`` is the value Orthanc made for us."""
    context = None
    if settings.orthanc_certificate:
        # Its own certificate, whatever name or issuer is in it: we talk to 127.0.0.1.
        context = ssl.create_default_context(cafile=settings.orthanc_certificate)
        context.check_hostname = False
        context.verify_flags |= ssl.VerifyFlags(_PARTIAL_CHAIN)
    return OrthancClient(settings.orthanc_url, authorization=authorization, context=context)


def _expect_gone(status: int) -> None:
    if status != http.client.NOT_FOUND:
        msg = f"Orthanc's REST API answered {status}"
        raise OrthancError(msg)
