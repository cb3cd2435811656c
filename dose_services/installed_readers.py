"""
Readers that other packages bring: what the entry point ``doseledger.readers`` names.

They are looked for once per process. A package that is broken is named and left out; what its reader does
wrong later costs the object that it was reading, and nothing else.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from dose_core.errors import DoseError
from dose_core.model import DoseReport
from dose_core.readers import registry
from dose_core.readers.dicom_object import DicomObject, Reader
from dose_core.readers.errors import NotDoseError, UnreadableError
from dose_core.readers.report_line import report_line

GROUP = "doseledger.readers"
_log = logging.getLogger(__name__)


class BrokenReaderError(DoseError):
    """An installed reader cannot be used; the text names it, its package, and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledReaders:
    """What the installed packages bring, in the order in which the readers are asked; ``packages`` with versions."""

    readers: tuple[Reader, ...] = ()
    packages: tuple[str, ...] = ()
    left_out: tuple[BrokenReaderError, ...] = ()


@cache
def installed_readers() -> InstalledReaders:
    """Return the readers that are installed beside DoseLedger; each that is left out is logged, once per process."""
    found = find_readers(entry_points(group=GROUP))
    for fault in found.left_out:
        _log.error(str(fault))
    return found


def reader_version() -> str:
    """Return what names all that reads objects here: our own version, and the packages that bring more readers."""
    return " + ".join((registry.READER_VERSION, *installed_readers().packages))


def find_readers(named: Iterable[EntryPoint]) -> InstalledReaders:
    """Make the readers that entry points name, in the order of their names and packages."""
    readers: list[Reader] = []
    packages: set[str] = set()
    left_out: list[BrokenReaderError] = []
    for entry_point in sorted(named, key=lambda one: (one.name, _package(one))):
        try:
            readers.append(_made(entry_point))
            packages.add(_package(entry_point))
        except BrokenReaderError as fault:
            left_out.append(fault)
    return InstalledReaders(readers=tuple(readers), packages=tuple(sorted(packages)), left_out=tuple(left_out))


def _made(entry_point: EntryPoint) -> Reader:
    """
    Import what an entry point names and make the reader.

    Raises:
        BrokenReaderError: the import or the making fails, or what was made is no reader.
    """
    name = f"the reader {entry_point.name!r} of the package {_package(entry_point)}"
    try:
        reader = entry_point.load()()
    # A foreign module may fail in any way when it is imported, even by ending the process.
    except (Exception, SystemExit) as error:
        msg = f"{name} is left out: {entry_point.value} gives {type(error).__name__}: {error}"
        raise BrokenReaderError(msg) from error
    missing = [f"{method}()" for method in ("accepts", "read") if not callable(getattr(reader, method, None))]
    if missing:
        msg = f"{name} is left out: {entry_point.value} has no {' and no '.join(missing)}"
        raise BrokenReaderError(msg)
    return _Guarded(name, reader)


def _package(entry_point: EntryPoint) -> str:
    return f"{entry_point.dist.name} {entry_point.dist.version}" if entry_point.dist else "without metadata"


class _Guarded:
    """A foreign reader; an error that it did not foresee becomes the reason why the object is unreadable."""

    def __init__(self, name: str, reader: Reader) -> None:
        self._name = name
        self._reader = reader

    def accepts(self, source: DicomObject) -> bool:
        try:
            return self._reader.accepts(source)
        except (NotDoseError, UnreadableError):
            raise
        except Exception as error:
            raise self._failed(error) from error

    def read(self, source: DicomObject) -> DoseReport:
        try:
            report = self._reader.read(source)
        except (NotDoseError, UnreadableError):
            raise
        except Exception as error:
            raise self._failed(error) from error
        return self._usable(report)

    def _usable(self, report: object) -> DoseReport:
        """Return what a foreign reader returned if it is what it promised, so that it can be told and kept."""
        from db import mapping  # what it takes to load is for those who have such a reader

        if not isinstance(report, DoseReport):
            msg = f"{self._name} returned {type(report).__name__} instead of a DoseReport"
            raise UnreadableError(msg)
        try:
            json.dumps(report_line(report), allow_nan=False)  # what cannot be told could not be kept either
        except (TypeError, ValueError) as error:
            msg = f"{self._name} returned a value that is no text, finite number, date or code"
            raise UnreadableError(msg) from error
        try:
            mapping.report_to_packed(report)
        except KeyError as error:
            msg = f"{self._name} returned {type(report).__name__}, which is none of the reports of dose_core.model"
            raise UnreadableError(msg) from error
        except ValueError as error:
            msg = f"{self._name} returned a value of another type than its field's"
            raise UnreadableError(msg) from error
        return report

    def _failed(self, error: Exception) -> UnreadableError:
        # Its type and place only: the text of the error may quote what the object says of a patient.
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f" in {place.tb_frame.f_code.co_name}, line {place.tb_lineno}" if place else ""
        return UnreadableError(f"{self._name} failed: {type(error).__name__}{where}")
