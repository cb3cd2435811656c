"""Run a worker as a process of its own: settings as JSON on standard input. Started by WorkerProcess."""

import json
import logging
import sys
from zoneinfo import ZoneInfo

from dose_services.site import Site
from dose_worker.main import run
from dose_worker.settings import WorkerSettings

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    given = json.load(sys.stdin)
    site = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP", quiet_time_s=given.pop("quiet_time_s"))
    run(WorkerSettings(**given), site)
