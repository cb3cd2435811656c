"""Serve the application."""

import uvicorn

from api.app import create_app
from api.limits import PunctualHttp
from api.settings import ApiSettings
from db.session import Engine
from dose_services.site import Site


def run(settings: ApiSettings, engine: Engine, site: Site, *, host: str, port: int) -> None:
    """
    Serve until SIGTERM or Ctrl-C.

    Uvicorn's own access log is off, since it writes addresses; ours writes route templates. The
    server header is off too. Call ``api.logging.configure_logging`` before.
    """
    uvicorn.run(
        create_app(engine, settings, site),
        host=host,
        port=port,
        loop="uvloop",
        http=PunctualHttp,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # no header of a caller is believed; `public_url` is a setting
        timeout_graceful_shutdown=20,
    )
