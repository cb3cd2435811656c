"""DCMTK's servers as a PACS: ``storescp`` takes objects, ``dcmqrscp`` is asked for them as well."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.orthanc import free_port

_START_S = 20
_LISTENS = "0A"  # TCP_LISTEN of the kernel


@contextmanager
def store_scp(folder: Path, *options: str) -> Iterator[int]:
    """Yield the port of a storescp that writes what it takes into the folder."""
    port = free_port()
    with _running("storescp", [*options, "--output-directory", str(folder), str(port)], port):
        yield port


@contextmanager
def query_scp(folder: Path, *, title: str) -> Iterator[int]:
    """Yield the port of a dcmqrscp with this AE title, which answers to queries as well."""
    port = free_port()
    store = folder / "store"
    store.mkdir()
    config = folder / "dcmqrscp.cfg"
    config.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = 4\nHostTable BEGIN\nHostTable END\n"
        f"VendorTable BEGIN\nVendorTable END\nAETable BEGIN\n{title} {store} RW (20, 64mb) ANY\nAETable END\n"
    )
    with _running("dcmqrscp", ["--config", str(config)], port):
        yield port


@contextmanager
def _running(program: str, arguments: Sequence[str], port: int) -> Iterator[None]:
    path = shutil.which(program)
    if path is None:
        msg = f"{program} is not installed; `make setup` installs it"
        raise RuntimeError(msg)
    process = subprocess.Popen(
        [path, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        deadline = time.monotonic() + _START_S
        while not _is_listened_on(port):
            assert process.poll() is None, f"{program} ended at its start"
            assert time.monotonic() < deadline, f"{program} does not listen"
            time.sleep(0.02)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # it has a process for each association
        process.wait(20)


def _is_listened_on(port: int) -> bool:
    """Tell if a port is listened on, without connecting: it would be an association that never comes about."""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            if local.endswith(f":{port:04X}") and state == _LISTENS:
                return True
    return False
