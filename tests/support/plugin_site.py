"""A real Orthanc as ``doseledger plugin-config`` sets it up."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doseledger.plugin_config import CONFIGURATION_FILE_NAME, Modality, OrthancSite, write_plugin_config
from tests.support.orthanc import PASSWORD, USER, RealOrthanc, free_port

INGEST_TOKEN = "ingest-token-of-a-test"
LAUNCH_TOKEN = "launch-token-of-a-test"
CALLING_AET = "CT_INVENTED"
CALLED_AET = "ORTHANC_TEST"


def orthanc_with_plugin(
    folder: Path,
    service_url: str,
    *,
    top_level: Mapping[str, Any] | None = None,
    section: Mapping[str, Any] | None = None,
    launch_token: str | None = LAUNCH_TOKEN,
) -> RealOrthanc:
    """Return an Orthanc, not yet started, with the generated configuration laid over by what the test names."""
    site = OrthancSite(
        service_url=service_url,
        users={USER: PASSWORD},
        modalities={"ct": Modality(aet=CALLING_AET, host="127.0.0.1", port=104)},
        aet=CALLED_AET,
        http_port=free_port(),
        dicom_port=free_port(),
        stable_age_s=1,
    )
    out = folder / "orthanc"
    write_plugin_config(out, site, ingest_token=INGEST_TOKEN, launch_token=launch_token)
    configuration = json.loads((out / CONFIGURATION_FILE_NAME).read_text())
    configuration |= dict(top_level or {})
    configuration["DoseLedger"] |= {"CatchUpSeconds": 2} | dict(section or {})
    os.environ.pop("PYTHONPATH", None)  # the plugin must need nothing but itself
    return RealOrthanc(out, configuration, http_port=site.http_port, dicom_port=site.dicom_port)


def wait_until_idle(orthanc: RealOrthanc, *, seconds: float = 30) -> dict[str, Any]:
    """Return the plugin's status as soon as nothing waits in its queue."""
    deadline = time.monotonic() + seconds
    while True:
        status: dict[str, Any] = orthanc.json("GET", "/dose/status")
        if status.get("queue", {}).get("length") == 0 or status["state"] != "running":
            return status
        assert time.monotonic() < deadline, status
        time.sleep(0.05)
