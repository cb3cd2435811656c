"""Serve the application."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from api.app import create_app
from api.limits import PunctualHttp
from api.settings import ApiSettings
from db.session import Engine
from dose_core.errors import DoseError
from dose_services.site import Site

# RFC 9325, 4.2: of the suites of TLS 1.2 those with forward secrecy and authenticated encryption; all of 1.3 have both.
_SUITES_OF_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Where to listen; with a certificate by TLS alone. Both are PEM files; the key may stand in the first."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


class TlsFilesError(DoseError):
    """Certificate and key cannot be used, or do not belong together."""


def run(settings: ApiSettings, engine: Engine, site: Site, listener: Listener) -> None:
    """
    Serve until SIGTERM or Ctrl-C.

    Uvicorn's own access log is off, since it writes addresses; ours writes route templates. The
    server header is off too. Call ``api.logging.configure_logging`` before.

    Raises:
        TlsFilesError: the certificate or its key cannot be used.
    """
    secured = None if listener.certificate is None else context_of(listener)
    uvicorn.run(
        create_app(engine, settings, site),
        host=listener.host,
        port=listener.port,
        ssl_context_factory=None if secured is None else lambda *_: secured,
        loop="uvloop",
        http=PunctualHttp,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # no header of a caller is believed; `public_url` is a setting
        timeout_graceful_shutdown=20,
    )


def context_of(listener: Listener) -> ssl.SSLContext:
    """
    Return what connections to the service are secured with: TLS 1.2 and 1.3.

    Raises:
        TlsFilesError: certificate and key cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_SUITES_OF_1_2)
    try:
        # A key under a password fails so; else OpenSSL would ask on the terminal, and the service stand still.
        context.load_cert_chain(listener.certificate or "", listener.key, password="")
    except OSError as error:  # of the file system, or of OpenSSL
        kind = type(error).__name__
        msg = f"DOSELEDGER_API_TLS_CERTIFICATE and its key cannot be used ({kind}); are they readable PEM?"
        raise TlsFilesError(msg) from None
    return context
