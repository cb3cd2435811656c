"""
``store``: what the plugin costs Orthanc while CT slices are stored, and until their headers are delivered.

Two Orthancs are alive at once, one with the plugin and one without; they take the same number of slices in turns of
chunks, so that both meet the same machine. Each run gives one ratio, and the median of the runs counts. CPU is that of
the whole process, all its threads, as the kernel accounts it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

from bench.slices import series
from doseledger.plugin_bundle import PLUGIN_FILE_NAME
from tests.support.basic_auth import basic_auth
from tests.support.orthanc import PASSWORD, USER, RealOrthanc
from tests.support.plugin_site import CALLED_AET, CALLING_AET, orthanc_with_plugin

SLICES = 500
CHUNK = 50
RUNS = 10
STABLE_AGE_S = 3  # longer than a turn of the other Orthanc, so that no series counts as complete within its run
GIVE_UP_S = 120.0

# Wraps the callback in a clock of its thread's CPU, and answers what it took.
_TIMED = """
import time as _bench_time
_bench_plain, _bench_spent_ns = on_stored_instance, []
def on_stored_instance(instance, orthanc_id):
    began = _bench_time.thread_time_ns()
    _bench_plain(instance, orthanc_id)
    _bench_spent_ns.append(_bench_time.thread_time_ns() - began)
def _bench_answer(output, uri, **request):
    output.AnswerBuffer(json.dumps(_bench_spent_ns), "application/json")
orthanc.RegisterRestCallback("/bench/callback", _bench_answer)
"""

Send = Callable[[RealOrthanc, Sequence[bytes]], None]


@dataclass(frozen=True, slots=True)
class Ratios:
    """With the plugin / without, of one run."""

    cpu_until_stored: float
    cpu_until_delivered: float
    throughput: float
    cpu_ms_without: float


def run() -> dict[str, Any]:
    """Return the figures."""
    os.environ["TCP_NODELAY"] = "1"  # DCMTK's own switch, for the sender as well
    with tempfile.TemporaryDirectory(prefix="doseledger-bench-") as folder, ExitStack() as stack:
        recorder = stack.enter_context(
            subprocess.Popen([sys.executable, "-m", "bench.recorder"], stdout=subprocess.PIPE, text=True, cwd=_ROOT)
        )
        stack.callback(recorder.terminate)
        port = int(recorder.stdout.readline() if recorder.stdout else 0)
        figures: dict[str, Any] = {"slices": SLICES, "runs": RUNS}
        for way, send in (("dicom", by_dicom), ("rest", by_rest)):
            figures |= _compare(Path(folder) / way, port, way, send)
        figures["callback_cpu_ms"] = _callback_cpu_ms(Path(folder) / "callback", port)
        return figures


_ROOT = Path(__file__).resolve().parent.parent


def by_dicom(orthanc: RealOrthanc, files: Sequence[bytes]) -> None:
    """Send files in one association with DCMTK's storescu."""
    with tempfile.TemporaryDirectory(prefix="doseledger-bench-") as folder:
        for number, file in enumerate(files):
            Path(folder, f"{number:04}.dcm").write_bytes(file)
        began_with = ["storescu", "-aet", CALLING_AET, "-aec", CALLED_AET, "+sd"]
        subprocess.run([*began_with, "127.0.0.1", str(orthanc.dicom_port), folder], check=True, capture_output=True)


def by_rest(orthanc: RealOrthanc, files: Sequence[bytes]) -> None:
    """Post files over one connection; http.client sets TCP_NODELAY."""
    connection = HTTPConnection("127.0.0.1", orthanc.http_port, timeout=60)
    for file in files:
        connection.request("POST", "/instances", file, {"Authorization": basic_auth(USER, PASSWORD)})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:  # noqa: PLR2004 - HTTP
            raise RuntimeError(content[:200])
    connection.close()


def _compare(folder: Path, recorder_port: int, way: str, send: Send) -> dict[str, Any]:
    service_url = f"http://127.0.0.1:{recorder_port}"
    top_level = {"StableAge": STABLE_AGE_S}
    section = {"CatchUpSeconds": 60}  # what a site has
    with_plugin = orthanc_with_plugin(folder / "with", service_url, top_level=top_level, section=section)
    without = orthanc_with_plugin(folder / "without", service_url, top_level=top_level)
    plugins = [path for path in without.configuration["Plugins"] if "Python" not in path]
    without.configuration = {**without.configuration, "Plugins": plugins}
    with with_plugin, without:
        _one_run(with_plugin, without, send, recorder_port, count=CHUNK)  # warm both up
        runs = [_one_run(with_plugin, without, send, recorder_port, count=SLICES) for _ in range(RUNS)]
    print(f"  {way}: ratios until stored {[round(one.cpu_until_stored, 3) for one in runs]}")
    return {
        f"cpu_until_stored_{way}": round(median(one.cpu_until_stored for one in runs), 3),
        f"cpu_until_delivered_{way}": round(median(one.cpu_until_delivered for one in runs), 3),
        f"throughput_ratio_{way}": round(median(one.throughput for one in runs), 3),
        f"cpu_ms_per_slice_without_{way}": round(median(one.cpu_ms_without for one in runs), 2),
    }


def _one_run(with_plugin: RealOrthanc, without: RealOrthanc, send: Send, recorder_port: int, *, count: int) -> Ratios:
    both = (with_plugin, without)
    files = {orthanc.pid: series(count) for orthanc in both}
    delivered_before = _delivered(recorder_port)
    began = {orthanc.pid: cpu_s(orthanc.pid) for orthanc in both}
    wall = dict.fromkeys(began, 0.0)
    for start in range(0, count, CHUNK):
        for orthanc in both if (start // CHUNK) % 2 else reversed(both):
            chunk = files[orthanc.pid][start : start + CHUNK]
            clock = time.perf_counter()
            send(orthanc, chunk)
            wall[orthanc.pid] += time.perf_counter() - clock
    stored = {pid: cpu_s(pid) - before for pid, before in began.items()}
    deadline = time.monotonic() + GIVE_UP_S
    while _delivered(recorder_port) < delivered_before + count:
        if time.monotonic() > deadline:
            raise RuntimeError("headers were not delivered in time")
        time.sleep(0.05)
    delivered = {pid: cpu_s(pid) - before for pid, before in began.items()}
    return Ratios(
        cpu_until_stored=stored[with_plugin.pid] / stored[without.pid],
        cpu_until_delivered=delivered[with_plugin.pid] / delivered[without.pid],
        throughput=wall[without.pid] / wall[with_plugin.pid],
        cpu_ms_without=stored[without.pid] * 1000 / count,
    )


def cpu_s(pid: int) -> float:
    """Return the CPU time of a process with all its threads, those that ended too, to the nanosecond."""
    # clock_getcpuclockid(3): the clock of a process is its complemented id, shifted, and CPUCLOCK_SCHED
    return float(time.clock_gettime((~pid << 3) | 2))


def _callback_cpu_ms(folder: Path, recorder_port: int) -> float:
    orthanc = orthanc_with_plugin(folder, f"http://127.0.0.1:{recorder_port}")
    plugin = orthanc.folder / PLUGIN_FILE_NAME
    start = "\ninstall(orthanc)\n"
    plugin.write_text(plugin.read_text().replace(start, _TIMED + start))
    with orthanc:
        by_rest(orthanc, series(SLICES))
        spent_ns = json.loads(orthanc.request("GET", "/bench/callback")[1])
    return round(float(median(spent_ns)) / 1e6, 4)


def _delivered(recorder_port: int) -> int:
    connection = HTTPConnection("127.0.0.1", recorder_port, timeout=60)
    connection.request("GET", "/")
    count = int(connection.getresponse().read())
    connection.close()
    return count
