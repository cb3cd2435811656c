"""Run a worker as a process of its own: settings as JSON on standard input. Started by WorkerProcess."""

import json
import logging
import sys
from zoneinfo import ZoneInfo

from dose_services.site import Site
from dose_worker.main import run
from dose_worker.settings import ListenerSettings, WorkerSettings

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    given = json.load(sys.stdin)
    site = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP", quiet_time_s=given.pop("quiet_time_s"))
    key = given.pop("forwarding_key", None)
    listener = given.pop("commitment", None)
    settings = WorkerSettings(
        **given,
        forwarding_key=key.encode() if key else None,
        commitment=ListenerSettings(**listener) if listener else None,
    )
    run(settings, site)
