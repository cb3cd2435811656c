"""Readers that come with another package and read otherwise than ours, as a newer release would."""

from pathlib import Path
from uuid import uuid4

import pytest

from dose_services.installed_readers import installed_readers
from tests.builders.packages import write_package

# What our own reader of CT dose reports makes of them, changed before it is returned.
_CHANGED = """
from dataclasses import replace
from dose_core.model import Kind
from dose_core.readers.ct.rdsr import CtReportReader
from dose_core.readers.errors import UnreadableError
class Reader(CtReportReader):
    def read(self, source):
        report = super().read(source)
        {change}
"""
DOUBLES = "return replace(report, totals=replace(report.totals, dlp_mgy_cm=report.totals.dlp_mgy_cm * 2))"


class Installer:
    """Installs one package after the other, each in the place of the last."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch
        self._number = 0

    def reader(self, source: str) -> None:
        """Install the module with this source, whose class is ``Reader``."""
        self._number += 1
        folder = self._folder / f"release {self._number}"
        folder.mkdir()
        module = f"acme_{uuid4().hex}"  # a module is imported once, whatever its file says later
        version = f"{self._number}.0"
        write_package(folder, module, source, name="acme", version=version, entry_points={"r": f"{module}:Reader"})
        self._monkeypatch.syspath_prepend(str(folder))
        installed_readers.cache_clear()

    def changed(self, change: str) -> None:
        """Install a reader that returns something else of a CT ``report``."""
        self.reader(_CHANGED.format(change=change))

    def end(self) -> None:
        """Forget what was installed."""
        self._monkeypatch.undo()
        installed_readers.cache_clear()
