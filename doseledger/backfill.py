"""
Bring what an archive holds already into the ledger: list its studies, then look at one after the other.

The list is made first, since an archive that is in use is not a book that stays open: Orthanc tells its studies by
their place, and those behind a study that is deleted move up, so that one may slip between two pages. The list takes
minutes, and passes over the archive until one pass finds nothing new. Orthanc's change log would be in order and
resumable too, but an administrator may delete it, and what is not in it would never be found.

Nothing is sent twice: what is known by Orthanc id and SOP Instance UID is not fetched, and what is fetched is kept and
read by the use cases of the interface. So a backfill may be stopped, repeated, and run beside live traffic.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from dose_core.classify import MODALITIES_WITHOUT_DOSE, ObjectKind, may_state_dose
from dose_core.contract import ContractError, Envelope
from dose_core.errors import DoseError
from dose_core.header_cut import HeaderError
from dose_core.stored_instance import instance_of_metadata
from dose_services.ingest import keep_objects
from dose_services.known_objects import BACKFILL_SENDER, known_objects
from dose_services.reading import UnitOfWork, read_kept
from dose_services.site import Site
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.holdings import Held, Holdings
from doseledger.backfill_list import Failed, StudyList
from doseledger.backfill_patience import OutOfPatienceError, Pace, Patience

_PAGE = 1000
_PASSES = 5  # beside live traffic each one may find something new
# As much as the plugin sends in one message: what is kept, and read, at once.
_BATCH_OBJECTS, _BATCH_BYTES = 1000, 7 * 1024 * 1024

T = TypeVar("T")


@dataclass
class Tally:
    """What became of what was looked at."""

    studies: int = 0
    instances: int = 0
    known: int = 0
    without_dose: int = 0
    gone: int = 0
    kept: int = 0
    kept_before: int = 0  # under another Orthanc id, or without one
    failed: int = 0
    read: Counter[str] = field(default_factory=Counter)


@dataclass(kw_only=True)
class Backfill:
    """One archive, and where what it holds goes."""

    holdings: Holdings
    studies: StudyList
    unit_of_work: UnitOfWork
    clock: Callable[[], datetime]
    site: Site
    site_label: str
    pace: Pace
    patience: Patience
    tally: Tally = field(default_factory=Tally)

    def list_studies(self) -> None:
        """
        List the archive's studies, unless an earlier run has something left to do.

        Raises:
            ArchiveUnavailableError: the archive does not answer, or not to us.
        """
        self.holdings.study_ids(since=0, limit=1)  # a wrong address or password is told at once
        if self.studies.is_complete and self.studies.waiting:
            return
        self.studies.clear()
        for _ in range(_PASSES):
            since = found = 0
            while page := self.patience.of_archive(partial(self.holdings.study_ids, since=since, limit=_PAGE)):
                found += self.studies.add(page)
                since += len(page)
            if not found:
                break
        self.studies.complete()

    def run(self) -> Iterator[str]:
        """
        Look at one study after the other, and yield the id of each when it is done. Safe to stop at any time.

        Raises:
            OutOfPatienceError: the archive or the database is away for too long.
        """
        for study_id in self.studies.studies():
            try:
                self._take(self.patience.of_archive(partial(self.holdings.instances, study_id)))
            except (ArchiveRefusedError, ArchiveUnavailableError) as error:
                self._fail(Failed(study_id, None, str(error)))
            self.tally.studies += 1
            self.studies.done(study_id)
            yield study_id

    def _take(self, instances: Sequence[Held]) -> None:
        """Keep and read what of a study is not known."""
        uids = {one.orthanc_id: one.sop_instance_uid for one in instances}
        known = self.patience.of_database(partial(known_objects, sop_instance_uids=uids, site=self.site_label))
        unknown = [one for one in instances if one.orthanc_id not in known]
        self.tally.instances += len(instances)
        self.tally.known += len(known)
        without_dose = {one for one in {held.series_id for held in unknown} if self._is_without_dose(one)}
        looked_at = [one for one in unknown if one.series_id not in without_dose]
        self.tally.without_dose += len(unknown) - len(looked_at)
        for batch in _batches(filter(None, map(self._fetch, looked_at))):
            self._keep(batch)

    def _is_without_dose(self, series_id: str) -> bool:
        modality = self.patience.of_archive(partial(self.holdings.modality, series_id))
        return (modality or "").strip() in MODALITIES_WITHOUT_DOSE

    def _fetch(self, held: Held) -> Envelope | None:
        """Return what is handed in of an instance, ``None`` for nothing; one that fails is noted and stops nobody."""
        self.pace.wait()
        try:
            envelope = self._fetched(held)
        except _GoneError:
            self.tally.gone += 1
            return None
        except (HeaderError, ContractError, ArchiveRefusedError, ArchiveUnavailableError) as error:
            self._fail(Failed(held.orthanc_id, held.sop_instance_uid, str(error)))
            return None
        self.tally.without_dose += envelope is None
        return envelope

    def _fetched(self, held: Held) -> Envelope | None:
        ask = self.patience.of_archive
        metadata = _there(ask(partial(self.holdings.metadata, held)))
        if not may_state_dose(metadata.get("SopClassUid")):
            return None
        header = _there(ask(partial(self.holdings.header, held)))
        instance = instance_of_metadata(header, orthanc_id=held.orthanc_id, metadata=metadata)
        if instance is None:
            return None
        if instance.kind is ObjectKind.HEADER:
            return instance.envelope(header.dicom)
        return instance.envelope(_there(ask(partial(self.holdings.file, held))))

    def _keep(self, envelopes: Sequence[Envelope]) -> None:
        """Keep objects and read them; what the database refuses is looked for by halves."""
        now = self.clock()
        keep = partial(keep_objects, envelopes=envelopes, sender=BACKFILL_SENDER, received_at=now, site=self.site_label)
        try:
            kept = self.patience.of_database(keep)
        except OutOfPatienceError:
            raise
        except Exception as error:  # noqa: BLE001  one odd object must not stop the others
            if len(envelopes) == 1:
                one = envelopes[0]
                self._fail(Failed(one.orthanc_id or "", one.sop_instance_uid, f"not kept: {type(error).__name__}"))
                return
            middle = len(envelopes) // 2
            self._keep(envelopes[:middle])
            self._keep(envelopes[middle:])
            return
        self.tally.kept += sum(one.is_new for one in kept)
        self.tally.kept_before += sum(not one.is_new for one in kept)
        states = read_kept(self.unit_of_work, kept, now=now, site=self.site)
        self.tally.read.update(state.status for state in states)

    def _fail(self, failed: Failed) -> None:
        self.tally.failed += 1
        self.studies.fail(failed)


class _GoneError(DoseError):
    """An instance was deleted from the archive after it was listed."""


def _there(told: T | None) -> T:
    if told is None:
        raise _GoneError
    return told


def _batches(envelopes: Iterable[Envelope]) -> Iterator[list[Envelope]]:
    """Yield what is kept and read at once."""
    batch: list[Envelope] = []
    size = 0
    for envelope in envelopes:
        size += len(envelope.dicom)
        if batch and (len(batch) == _BATCH_OBJECTS or size > _BATCH_BYTES):
            yield batch
            batch, size = [], len(envelope.dicom)
        batch.append(envelope)
    if batch:
        yield batch
