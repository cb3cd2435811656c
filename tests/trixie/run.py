"""
Run the generated plugin file in the Orthanc of Debian trixie and print what held.

``python -m tests.trixie.run [--cache DIR] [--mirror URL]``, as root. The Debian root is built by debootstrap in the
cache folder (default: doseledger-trixie in the temporary folder) and used again by the next run. No service is started
in it, and Orthanc listens on free ports. Exit code 0 only if everything held, 3 if there is no root to try it in.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from doseledger.plugin_bundle import PLUGIN_FILE_NAME, stated_digest
from doseledger.plugin_config import CONFIGURATION_FILE_NAME, Modality, OrthancSite, write_plugin_config
from tests.builders.dicom_files import ct_series, dose_report, file_of
from tests.support.dicom_send import SUCCESS, c_store
from tests.support.orthanc import PASSWORD, USER, RealOrthanc, free_port
from tests.support.plugin_site import CALLED_AET, CALLING_AET
from tests.support.recording_service import RecordingService

NO_ROOT = 3  # exit code: this machine or its package source does not let us build one; nothing is said of the plugin
SUITE = "trixie"
PACKAGES = ("orthanc", "orthanc-python", "orthanc-dicomweb")
PLUGINS = "/usr/share/orthanc/plugins"
POLICY = "#!/bin/sh\nexit 101\n"  # invoke-rc.d: every action forbidden, so that installing starts nothing
SLICES = 50

Check = Callable[[RealOrthanc, RecordingService], None]


def main() -> int:
    """Build the root if need be, run the checks, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(os.environ.get("TRIXIE_CACHE", Path(tempfile.gettempdir()) / "doseledger-trixie"))
    parser.add_argument("--cache", type=Path, default=default)
    parser.add_argument("--mirror", default=os.environ.get("TRIXIE_MIRROR"))
    chosen = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("debootstrap and chroot need root: run this with sudo")
    root = debian_root(chosen.cache, chosen.mirror)
    site_in_root = Path("/doseledger-site")
    site = root / site_in_root.relative_to("/")
    shutil.rmtree(site, ignore_errors=True)
    try:
        with RecordingService() as service:
            orthanc = trixie_orthanc(root, site, site_in_root, service)
            with orthanc:
                return check(orthanc, service)
    finally:
        shutil.rmtree(site, ignore_errors=True)


def debian_root(cache: Path, mirror: str | None) -> Path:
    """Return a Debian trixie with Orthanc in it, built if it is not there."""
    root, ready = cache / "root", cache / "ready"
    if ready.exists():
        return root
    cache.mkdir(parents=True, exist_ok=True)
    if not (root / "usr/bin/apt-get").exists():
        say(f"building Debian {SUITE} in {root}")
        run(["debootstrap", "--variant=minbase", SUITE, str(root), *([mirror] if mirror else [])])
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text(POLICY)
    policy.chmod(0o755)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    say(f"installing {', '.join(PACKAGES)}")
    in_root = ["chroot", str(root), "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"]
    run([*in_root, "apt-get", "-q", "update"])
    run([*in_root, "apt-get", "-q", "-y", "--no-install-recommends", "install", *PACKAGES])
    ready.touch()
    return root


def trixie_orthanc(root: Path, site: Path, site_in_root: Path, service: RecordingService) -> RealOrthanc:
    """Return the Orthanc of that root, with the generated plugin, not yet started."""
    facts = OrthancSite(
        service_url=service.url,
        users={USER: PASSWORD},
        modalities={"ct": Modality(aet=CALLING_AET, host="127.0.0.1", port=104)},
        aet=CALLED_AET,
        http_port=free_port(),
        dicom_port=free_port(),
        stable_age_s=1,
        plugin_paths=tuple(f"{PLUGINS}/{name}" for name in ("libOrthancPython.so", "libOrthancDicomWeb.so")),
    )
    write_plugin_config(site, facts, ingest_token="ingest", launch_token="launch", folder_in_orthanc=str(site_in_root))
    configuration = json.loads((site / CONFIGURATION_FILE_NAME).read_text())
    configuration["DoseLedger"] |= {"CatchUpSeconds": 2}
    return RealOrthanc(
        site,
        configuration,
        command=("chroot", str(root), "/usr/sbin/Orthanc"),
        config_path_inside=str(site_in_root / CONFIGURATION_FILE_NAME),
        http_port=facts.http_port,
        dicom_port=facts.dicom_port,
    )


def check(orthanc: RealOrthanc, service: RecordingService) -> int:
    """Run each check, print the table and return the exit code."""
    system = orthanc.json("GET", "/system")
    python = orthanc.json("GET", "/plugins/python")
    stated, computed = stated_digest((orthanc.folder / PLUGIN_FILE_NAME).read_text())
    say(f"Orthanc {system['Version']}, Python plugin {python['Version']}, plugin file {stated[:12]}...")
    checks: tuple[tuple[str, Check], ...] = (
        ("a dose report sent by DICOM is delivered whole", report_is_delivered),
        (f"a series of {SLICES} slices is delivered as headers", series_is_delivered),
        ("what was stored while the service was away is delivered", outage_loses_nothing),
        ("kill -9: what was not delivered is caught up", lambda o, s: killed(o, s, is_spool_lost=False)),
        ("kill -9 and a lost spool: caught up from the change log", lambda o, s: killed(o, s, is_spool_lost=True)),
        ("a launch handle names the person who is logged in", handle_names_the_person),
        ("/dose/status shows an empty queue and nothing parked", queue_is_empty),
    )
    failed = 0 if stated == computed else 1
    for name, action in checks:
        began = time.monotonic()
        try:
            action(orthanc, service)
            outcome = "held"
        except AssertionError as error:
            failed += 1
            outcome = f"FAILED: {str(error)[:200]}"
        say(f"  {name:<58} {outcome} ({time.monotonic() - began:.1f} s)")
    say("all held" if not failed else f"{failed} failed; the log ends:\n{orthanc.log[-2000:]}")
    return 1 if failed else 0


def report_is_delivered(orthanc: RealOrthanc, service: RecordingService) -> None:
    report = dose_report()
    assert c_store(orthanc, [report], calling_aet=CALLING_AET, called_aet=CALLED_AET) == [SUCCESS]
    assert service.wait_for(report.SOPInstanceUID)[report.SOPInstanceUID].calling_aet == CALLING_AET


def series_is_delivered(orthanc: RealOrthanc, service: RecordingService) -> None:
    slices = ct_series(SLICES)
    assert set(c_store(orthanc, slices, calling_aet=CALLING_AET, called_aet=CALLED_AET)) == {SUCCESS}
    received = service.wait_for(*(one.SOPInstanceUID for one in slices))
    assert all(received[one.SOPInstanceUID].is_header for one in slices)


def outage_loses_nothing(orthanc: RealOrthanc, service: RecordingService) -> None:
    service.stop()
    stored = store_some(orthanc)
    service.start()
    service.wait_for(*stored)


def killed(orthanc: RealOrthanc, service: RecordingService, *, is_spool_lost: bool) -> None:
    service.stop()
    stored = store_some(orthanc)
    orthanc.kill()
    if is_spool_lost:
        shutil.rmtree(orthanc.folder / "storage" / "doseledger-spool")
    service.start()
    orthanc.start()
    service.wait_for(*stored)


def handle_names_the_person(orthanc: RealOrthanc, service: RecordingService) -> None:
    study = orthanc.json("GET", "/studies")[0]
    orthanc.json("POST", "/dose/launch", {"level": "study", "orthanc_id": study})
    assert json.loads(service.calls[-1].body)["person"] == USER


def queue_is_empty(orthanc: RealOrthanc, _: RecordingService) -> None:
    deadline = time.monotonic() + 30
    while (status := orthanc.json("GET", "/dose/status"))["queue"]["length"]:
        assert time.monotonic() < deadline, status
        time.sleep(0.1)
    assert status["parked"]["count"] == 0, status


def store_some(orthanc: RealOrthanc) -> list[str]:
    datasets = [dose_report(), *ct_series(20)]
    for dataset in datasets:
        orthanc.upload(file_of(dataset))
    return [dataset.SOPInstanceUID for dataset in datasets]


def run(command: list[str]) -> None:
    """Run a tool quietly; on failure show the end of what it said and stop with ``NO_ROOT``."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        print(f"{command[0]} failed:\n{(ran.stdout + ran.stderr)[-2000:]}", file=sys.stderr)  # noqa: T201 - a program
        sys.exit(NO_ROOT)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a program that reports


if __name__ == "__main__":
    sys.exit(main())
