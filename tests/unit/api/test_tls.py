"""Tests of api.main: the service's own TLS."""

import ssl
import threading
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from api.main import Listener, TlsFilesError, context_of
from tests.support.certificates import Issued, authority, client_context, issued
from tests.support.until import until


async def empty(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    await receive()
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})
    assert scope["scheme"] == "https"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def port(ours: Issued, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server with a certificate for 127.0.0.1."""
    file = issued(ours, tmp_path_factory.mktemp("service") / "service.pem", dns="dose.example").file
    listener = Listener(host="127.0.0.1", port=0, certificate=file)
    config = uvicorn.Config(
        empty, port=0, log_config=None, lifespan="off", ssl_context_factory=lambda *_: context_of(listener)
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started, within_s=10, what="the server")
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)


def status(port: int, context: ssl.SSLContext) -> int:
    connection = HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
    connection.request("GET", "/")
    answer = connection.getresponse().status
    connection.close()
    return answer


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_newer_versions_are_spoken(port: int, ours: Issued, version: ssl.TLSVersion) -> None:
    context = client_context(ours)
    context.minimum_version = context.maximum_version = version

    assert status(port, context) == 204


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_an_older_one_is_not(port: int, ours: Issued) -> None:
    context = client_context(ours)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1

    with pytest.raises((ssl.SSLError, ConnectionError)):
        status(port, context)


def test_nor_a_suite_without_forward_secrecy(port: int, ours: Issued) -> None:
    context = client_context(ours)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES256-GCM-SHA384")

    with pytest.raises((ssl.SSLError, ConnectionError)):
        status(port, context)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_files_that_cannot_be_used_are_refused_by_the_name_of_the_setting(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "service.pem"
    if content is not None:
        file.write_text(content)

    with pytest.raises(TlsFilesError, match="DOSELEDGER_API_TLS_CERTIFICATE"):
        context_of(Listener(host="", port=0, certificate=file))
