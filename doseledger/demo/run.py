"""``make demo``: start the house, feed it, then stay up, or check it and stop."""

import argparse
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from dose_core.errors import DoseError
from doseledger.demo import messages
from doseledger.demo.checks import CHECKS, Outcome, run_checks
from doseledger.demo.doors import Door, bearer
from doseledger.demo.dose_report import dose_report
from doseledger.demo.feed import send_message
from doseledger.demo.hospital import DORA_THORAX, REPORTED_STUDIES
from doseledger.demo.house import House
from doseledger.demo.orthanc_server import PERSON, start_orthanc
from doseledger.demo.place import DemoError, Place, prepare
from doseledger.demo.service import QUIET_TIME_S, Service, start_service
from doseledger.demo.slices import images
from doseledger.demo.telling import INTENDED_USE, address_book, table

_LOOK_S = 0.5
_STEPS = 5
_PORTS = (1024, 65535 - 4)  # none that needs root, and room for the four that follow


def main() -> None:
    """Run the demo; what was foreseen is told in one sentence."""
    parser = argparse.ArgumentParser(prog="doseledger.demo", description=main.__doc__)
    parser.add_argument("--once", action="store_true", help="check each outcome, then stop")
    once = parser.parse_args().once
    signal.signal(signal.SIGTERM, _interrupt)  # as Ctrl-C: everything that was started is ended
    try:
        port_base = _port_base(os.environ.get("PORT_BASE") or "18700")
        folder = Path(os.environ.get("DEMO_DIR") or ".demo")
        held = _check_once(folder / "once", port_base) if once else _stay_up(folder / "hospital", port_base)
    except DoseError as error:
        print(f"demo: {error}", file=sys.stderr)
        raise SystemExit(1) from error
    except OSError as error:
        # A full disk is the likeliest; whatever it is, the system's own words name it best.
        print(f"demo: {error.strerror or error} {error.filename or ''}".rstrip(), file=sys.stderr)
        raise SystemExit(1) from error
    except KeyboardInterrupt:
        print("\ndemo: stopped; all that it started has ended", flush=True)
        raise SystemExit(130 if once else 0) from None
    raise SystemExit(0 if held else 1)


def _stay_up(folder: Path, port_base: int) -> bool:
    with _house(prepare(folder, port_base)) as (house, service):
        print(address_book(house), flush=True)
        while True:
            service.child.check()
            house.orthanc.child.check()
            time.sleep(_LOOK_S)


def _check_once(folder: Path, port_base: int) -> bool:
    started = time.monotonic()
    _remove_own(folder)
    place = prepare(folder, port_base)
    outcomes: list[Outcome] = []
    with _house(place) as (house, _):
        for outcome in run_checks(house):
            outcomes.append(outcome)
            verdict = "held" if outcome.held else "FAILED"
            print(f"[demo] {verdict} after {outcome.seconds:.1f} s: {outcome.name}", flush=True)
    all_held = len(outcomes) == len(CHECKS) and all(outcome.held for outcome in outcomes)
    if all_held:
        _remove_own(folder)
    seconds = round(time.monotonic() - started, 1)
    print(table(outcomes))
    print(INTENDED_USE)
    checks = {outcome.name: outcome.held for outcome in outcomes}
    print(json.dumps({"demo": "once", "held": all_held, "checks": checks, "seconds": seconds}), flush=True)
    return all_held


@contextmanager
def _house(place: Place) -> Iterator[tuple[House, Service]]:
    with ExitStack() as ends:
        _step(1, f"service and embedded PostgreSQL in {place.folder}")
        service = start_service(place)
        ends.callback(service.child.stop)
        _step(2, "a person, tokens, and the scanner that sends no dose report")
        service.add_user(PERSON, "physicist", orthanc_user=PERSON)
        service.mark_silent_scanner()
        tokens = {scope: service.issue_token(f"demo-{scope}", scope) for scope in ("ingest", "launch", "read")}
        place.write_private("read.token", tokens["read"])
        doors = {scope: Door(port=place.api_port, authorization=bearer(token)) for scope, token in tokens.items()}
        _step(3, "Orthanc with the plugin")
        orthanc = start_orthanc(place, ingest_token=tokens["ingest"], launch_token=tokens["launch"])
        ends.callback(orthanc.child.stop)
        house = House(
            place=place,
            orthanc=orthanc,
            reader=doors["read"],
            launcher=doors["launch"],
            ingester=doors["ingest"],
            hl7_port=service.hl7_port,
        )
        _feed(house)
        yield house, service
        print("[demo] stopping", flush=True)


def _feed(house: House) -> None:
    _step(4, "patients by HL7, dose reports and images by C-STORE")
    for message in messages.registrations():
        send_message(message, house.hl7_port)
    for study in REPORTED_STUDIES:
        house.modality(study.scanner).store([dose_report(study)])
    house.modality(DORA_THORAX.scanner).store(images(DORA_THORAX))
    _step(5, f"a new name, a merge; a dose SR follows when the study was quiet for {QUIET_TIME_S} s")
    send_message(messages.change_of_name(), house.hl7_port)
    send_message(messages.merge(), house.hl7_port)


def _step(number: int, what: str) -> None:
    print(f"[demo] {number}/{_STEPS} {what}", flush=True)


def _port_base(text: str) -> int:
    lowest, highest = _PORTS
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        msg = f"PORT_BASE must be a number from {lowest} to {highest}"
        raise DemoError(msg)
    return int(text)


def _remove_own(folder: Path) -> None:
    """Remove what an earlier run left; never a folder that holds anything else."""
    ours = {"service", "orthanc"}
    if folder.is_dir() and all(
        one.name in ours or one.suffix in {".log", ".secret", ".token"} for one in folder.iterdir()
    ):
        shutil.rmtree(folder)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
